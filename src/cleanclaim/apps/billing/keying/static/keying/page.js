// The keying page: hands keys to the engine, shows its state, and saves behind the hand. Nobody waits for the server:
// changes go out one after the other, each marked when it is kept; keys typed while a claim is looked up are not lost.
(() => {
  "use strict";
  const root = document.getElementById("keying");
  if (!root) return;
  const K = globalThis.Keying;
  const pad = document.getElementById("pad");
  const at = (id) => document.getElementById(id);
  const start = JSON.parse(at("keying-state").textContent);
  const state = K.begin(start);
  const keys = [];
  const outbox = [];
  let revision = start.revision;
  let sending = false;
  let stopped = false;
  let strokes = 0;
  const kept = new Set(state.entries.map((one) => one.number));

  // --- showing -------------------------------------------------------------------------------
  const el = (name, className = "", text = "") => Object.assign(document.createElement(name), { className, textContent: text });
  const amount = (text) => (text == null || text === "" ? "" : K.show(K.cents(text)));
  const share = (one, reason) => {
    const sum = one.adjustments.filter(([group, code]) => group === "PR" && code === reason).reduce((all, [, , value]) => all + K.cents(value), 0);
    return sum ? K.show(sum) : "";
  };
  const restWords = (one) => {
    if (K.cents(one.left)) return `${amount(one.left)} to explain`;
    return one.adjustments.filter(([group, code]) => !(group === "PR" && ["1", "2", "3"].includes(code))).map(([group, code, value]) => `${group}-${code} ${amount(value)}`).join(", ");
  };
  const CELLS = [["", (one) => one.patient ? `${one.patient} · ${one.control}` : OTHER[one.kind](one)], ["", (one) => one.code ? `${one.code} for ${one.service}` : one.service],
    ["num", (one) => (one.claim && one.charge !== "0.00" ? amount(one.charge) : "")], ["num", (one) => (["line", "whole"].includes(one.kind) ? amount(one.paid) : amount(one.tape))],
    ["num", (one) => share(one, "2")], ["num", (one) => share(one, "1")], ["num", (one) => share(one, "3")], ["num", (one) => amount(one.allowed)]];
  const OTHER = {
    provider: (one) => `Provider adjustment ${one.reason} ${one.reference}`, unapplied: (one) => `Without a claim ${one.reference}`,
    interest: () => "Interest", claim: () => "Claim level", line: () => "", whole: () => "",
  };
  const keyedRow = (one) => {
    const row = el("tr", one.reversal ? "back" : "");
    for (const [shape, value] of CELLS) row.append(el("td", shape, value(one)));
    const words = el("td", K.cents(one.left) ? "warn" : "soft", one.kind === "interest" || one.kind === "claim" ? `${OTHER[one.kind](one)} ${restWords(one)}`.trim() : restWords(one));
    words.append(mark(one));
    row.append(words);
    return row;
  };
  const mark = (one) => {
    const is = kept.has(one.number);
    const node = el("span", is ? "kept" : "unkept", is ? " ✓" : " …");
    node.title = is ? "kept" : "not kept yet";
    return node;
  };
  const openRow = (line, index) => {
    const isNow = index === state.at;
    const row = el("tr", isNow ? "cur" : "later");
    row.append(el("td", "", `${state.claim.patient} · ${state.claim.control}`), el("td", "", line.service), el("td", "num", amount(line.charge)));
    K.BOXES.forEach((name, box) => {
      const value = isNow && state.mode === "line" && box === state.box && state.text ? state.text : isNow && state.draft[name] != null ? K.show(state.draft[name]) : "";
      const cell = el("td", "num");
      if (isNow) cell.append(el("span", box === state.box && state.mode === "line" ? "key on" : "key", value));
      row.append(cell);
    });
    const left = isNow && K.explained(state.draft) + (state.draft.paid || 0) ? `${K.show(K.rest(state))} to explain` : "";
    row.append(el("td", left ? "warn" : "soft", left));
    return row;
  };
  const lines = () => {
    const current = state.claim ? new Set(state.claim.lines.map((line) => `${state.claim.claim} ${line.item} ${state.reversal}`)) : new Set();
    const isNow = (one) => ["line", "whole"].includes(one.kind) && current.has(`${one.claim} ${one.item} ${one.reversal}`);
    const open = state.claim ? state.claim.lines.map((line, index) => [line, index]).filter(([, index]) => index >= state.at && (state.again || !K.isDone(state, index))) : [];
    const hidden = new Set(open.map(([line]) => line.item));
    const rows = state.entries.filter((one) => !(isNow(one) && hidden.has(one.item))).map(keyedRow);
    at("lines").replaceChildren(...rows, ...open.map(([line, index]) => openRow(line, index)));
    at("lines").querySelector("tr.cur")?.scrollIntoView({ block: "nearest" });
    at("count").textContent = `${state.entries.length} keyed`;
    at("empty").hidden = Boolean(rows.length || open.length);
  };
  const tapeRow = (name, value, className = "") => {
    const row = el("div", className);
    row.append(el("span", "", name), el("span", "", K.show(value)));
    return row;
  };
  const tape = () => {
    const rows = state.entries.map((one) => tapeRow(one.patient ? `${one.patient.split(",")[0]} ${one.service}` : OTHER[one.kind](one), K.cents(one.tape), "soft"));
    const left = K.left(state);
    at("tape").replaceChildren(...rows, tapeRow("keyed", K.tape(state), "sum"));
    at("tape-box").scrollTop = at("tape-box").scrollHeight;
    at("left").textContent = K.show(left);
    at("left-box").className = `left ${left === 0 && state.entries.length ? "zero" : ""}`;
    if (state.shown !== state.version && at("shown")) at("shown").value = "";
    const ready = left === 0 && state.entries.length && !K.unfinished(state).length && !stopped;
    const post = at("post");
    if (post) post.disabled = !ready;
  };
  const hits = () => {
    at("hits").replaceChildren(...state.hits.map((hit, index) => {
      const item = el("li");
      item.append(el("kbd", "", String(index + 1)), el("b", "", hit.control), el("span", "", hit.patient), el("span", "soft", `${hit.day} · ${hit.reason}`), el("span", "num", amount(hit.charge)));
      return item;
    }));
    at("hits").hidden = !state.hits.length;
  };
  const render = () => {
    lines(); tape(); hits();
    at("prompt").textContent = K.prompt(state);
    if (pad && pad.value !== state.text) pad.value = state.text;
    at("note").textContent = state.note ? state.note.words : "";
    at("note").className = state.note ? `note ${state.note.tone}` : "note";
    at("legend").replaceChildren(...K.legend(state).map(([key, words]) => { const one = el("span"); one.append(el("kbd", "", key), document.createTextNode(words)); return one; }));
    root.dataset.mode = state.mode;
    root.dataset.strokes = strokes;
    root.dataset.unsaved = outbox.length + (sending ? 1 : 0);
    at("saved").textContent = stopped ? "not kept" : outbox.length || sending ? "keeping …" : "all kept";
  };

  // --- keeping -------------------------------------------------------------------------------
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const tell = (words, tone = "act") => { state.note = { words, tone }; render(); };
  const answer = async (response) => {
    const type = response.headers.get("content-type") || "";
    const body = type.includes("json") ? await response.json() : {};
    if (!response.ok) throw Object.assign(new Error(body.message || `The server answered ${response.status}.`), { status: response.status });
    return body;
  };
  const wire = (entry) => {
    const own = ["line", "whole", "claim"].includes(entry.kind);
    const sent = { kind: entry.kind, claim: entry.claim, item: entry.item, reversal: entry.reversal, adjustments: entry.adjustments };
    return own ? { ...sent, paid: entry.paid, allowed: entry.allowed, code: entry.code || "" } : { ...sent, reason: entry.reason, reference: entry.reference, amount: entry.amount };
  };
  const send = async () => {
    if (sending || stopped || !outbox.length) return;
    sending = true;
    render();
    const change = outbox[0];
    const body = change.do === "undo" ? { revision } : { revision, number: change.number, entry: wire(change.entry) };
    try {
      const done = await fetch(change.do === "undo" ? root.dataset.undo : root.dataset.save, {
        method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      }).then(answer);
      revision = done.revision;
      outbox.shift();
      if (change.do === "save") kept.add(change.number);
    } catch (error) {
      if (error.status) { stopped = true; tell(`Not kept: ${error.message} Load the page again to go on from what was kept.`); }
      else { tell("The server does not answer. Go on; what you key is kept as soon as it does."); setTimeout(() => { sending = false; send(); }, 3000); return; }
    }
    sending = false;
    render();
    if (outbox.length) send(); else root.dispatchEvent(new Event("kept"));
  };
  const whenKept = () => new Promise((resolve) => {
    if (!outbox.length && !sending) resolve(); else root.addEventListener("kept", resolve, { once: true });
  });
  addEventListener("beforeunload", (event) => { if (outbox.length && !stopped) event.preventDefault(); });

  // --- acting --------------------------------------------------------------------------------
  const find = async ({ text, reversal }) => {
    const query = new URLSearchParams({ q: text, ...(reversal ? { reversal: "1" } : {}) });
    try {
      const { hits: list } = await fetch(`${root.dataset.find}?${query}`).then(answer);
      K.found(state, list);
    } catch (error) { K.missed(state, error.status ? error.message : "The server does not answer. Press / and key it again."); }
    drain();
  };
  const simulate = async () => {
    await whenKept();
    try {
      const response = await fetch(root.dataset.simulate, { headers: { "HX-Request": "true" } });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      at("simulation").innerHTML = await response.text();
      const ok = !at("simulation").querySelector("[data-stop]");
      at("shown").value = at("simulation").querySelector("[data-seal]")?.dataset.seal || "";
      K.simulated(state, { ok });
      state.note = ok ? { words: "This is what posting does. + posts it.", tone: "wait" } : { words: "It cannot be posted as it is.", tone: "act" };
    } catch (error) { K.simulated(state, { ok: false }); state.note = { words: error.message, tone: "act" }; }
    drain();
  };
  const post = async () => { await whenKept(); if (!stopped) at("post-form").submit(); };
  const ACTS = { find, simulate, post, save: (effect) => { outbox.push({ ...effect, entry: { ...effect.entry } }); kept.delete(effect.number); send(); }, undo: (effect) => { outbox.push(effect); send(); } };

  const drain = () => {
    while (keys.length && state.mode !== "wait") {
      K.step(state, keys.shift());
      for (const effect of state.effects.splice(0)) ACTS[effect.do](effect);
    }
    render();
  };
  const KEY = /^([0-9]|[A-Za-z]|[.+\-*/]|Enter|Backspace)$/;
  const PAD = { NumpadDecimal: ".", NumpadAdd: "+", NumpadSubtract: "-", NumpadMultiply: "*", NumpadDivide: "/", NumpadEnter: "Enter" };
  // The number pad counts by its place, so that it works with Num Lock off and where it types a comma.
  const keyOf = (event) => PAD[event.code] || /^Numpad([0-9])$/.exec(event.code)?.[1] || event.key;
  const press = (event) => {
    const key = keyOf(event);
    if (event.ctrlKey || event.metaKey || event.altKey || !KEY.test(key)) return;
    event.preventDefault();
    event.stopPropagation();
    strokes += 1;
    keys.push(key);
    drain();
  };
  pad?.addEventListener("keydown", press);
  // A digit pressed anywhere else on the page belongs to the pad.
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (!pad || target === pad || document.querySelector("dialog[open]") || target.closest("input, select, textarea, button, a, summary, details[open]")) return;
    if (/^[0-9.+\-*/]$/.test(keyOf(event))) { pad.focus(); press(event); }
  }, true);
  at("simulate")?.addEventListener("click", (event) => { event.preventDefault(); simulate(); });
  at("post-form")?.addEventListener("submit", (event) => { if (outbox.length || sending) { event.preventDefault(); post(); } });

  // --- scan ----------------------------------------------------------------------------------
  const scan = at("scan");
  let zoom = 100;
  const showZoom = () => {
    const picture = scan.querySelector("img");
    // The policy refuses style attributes in markup; a script may set one.
    if (picture) picture.style.width = `${zoom}%`;
    at("zoom").textContent = `${zoom} %`;
  };
  document.addEventListener("keydown", (event) => {
    if (!scan || document.querySelector("dialog[open]")) return;
    if (event.key === "F6" || event.key === "F7") { zoom = Math.min(400, Math.max(50, zoom + (event.key === "F7" ? 25 : -25))); showZoom(); }
    else if (event.key === "PageDown" || event.key === "PageUp") scan.scrollBy({ top: (event.key === "PageDown" ? 0.9 : -0.9) * scan.clientHeight });
    else return;
    event.preventDefault();
  });
  render();
  pad?.focus();
})();
