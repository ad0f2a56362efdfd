// Keying a paper EOB by number pad, without page or server: keys go in, state comes out. Amounts are whole cents.
// The grammar is written down in the app's README; `legend` says it for the key that may come next.
(() => {
  "use strict";
  const BOXES = ["paid", "coins", "deduct", "copay", "allowed"];
  const NAMES = { paid: "Paid", coins: "Coinsurance", deduct: "Deductible", copay: "Copay", allowed: "Allowed" };
  const REASONS = { deduct: "1", coins: "2", copay: "3" };
  const SHARES = Object.entries(REASONS);
  const GROUPS = ["CO", "PR", "OA", "PI"];
  const LETTERS = ["", "A", "B", "P", "W", "Y"];
  const LONGEST = { amount: 12, code: 5, number: 40 };

  const cents = (text) => {
    const [whole, part = ""] = text.replace("-", "").split(".");
    const value = Number(whole || 0) * 100 + Number(part.padEnd(2, "0").slice(0, 2) || 0);
    return text.startsWith("-") ? -value : value;
  };
  const dollars = (value) => {
    const text = String(Math.abs(value)).padStart(3, "0");
    return `${value < 0 ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}`;
  };
  const show = (value) => dollars(value).replace("-", "−").replace(/\B(?=(\d{3})+\.)/g, ",");
  const say = (state, words, tone = "act") => { state.note = { words, tone }; };

  const begin = ({ amount, entries, next, codes, closed }) => ({
    mode: closed ? "closed" : "find", amount: cents(amount), entries, next, codes, text: "", note: null, effects: [],
    reversal: false, whole: false, hits: [], claim: null, at: 0, box: 0, draft: {}, last: null, lastClaim: null, version: 0,
    shown: -1, group: "", ask: null, again: false,
  });
  const tape = (state) => state.entries.reduce((sum, one) => sum + cents(one.tape), 0);
  const left = (state) => state.amount - tape(state);
  const unfinished = (state) => state.entries.filter((one) => cents(one.left) !== 0);
  const line = (state) => state.claim.lines[state.at];

  // --- a line --------------------------------------------------------------------------------
  const others = (draft) => draft.others || [];
  const isEmpty = (draft) => BOXES.every((name) => draft[name] == null) && !others(draft).length && !draft.code;
  const explained = (draft) => SHARES.reduce((sum, [name]) => sum + (draft[name] || 0), 0)
    + others(draft).reduce((sum, one) => sum + one.cents, 0);
  const rest = (state) => cents(line(state).charge) - (state.draft.paid || 0) - explained(state.draft);
  const adjustments = (draft) => [
    ...SHARES.filter(([name]) => draft[name]).map(([name, reason]) => ["PR", reason, dollars(draft[name])]),
    ...others(draft).filter((one) => one.cents).map((one) => [one.group, one.reason, dollars(one.cents)]),
  ];
  const draftOf = ({ paid, adjustments: list, allowed = null, code = "" }) => {
    const draft = { paid: cents(paid), allowed: allowed == null ? null : cents(allowed), code, others: [] };
    for (const [group, reason, amount] of list) {
      const name = group === "PR" && Object.keys(REASONS).find((key) => REASONS[key] === reason);
      if (name && draft[name] == null) draft[name] = cents(amount);
      else draft.others.push({ group, reason, cents: cents(amount) });
    }
    return draft;
  };
  const entryOf = (state) => {
    const { claim, draft, reversal } = state;
    const now = line(state);
    const paid = draft.paid || 0;
    return {
      kind: now.item ? "line" : "whole", claim: claim.claim, item: now.item, reversal, paid: dollars(paid),
      allowed: draft.allowed == null ? null : dollars(draft.allowed), code: draft.code || "", adjustments: adjustments(draft),
      patient: claim.patient, control: claim.control, service: now.service, charge: now.charge,
      tape: dollars(reversal ? -paid : paid), left: dollars(rest(state)),
    };
  };
  const sameLine = (one, other) => ["line", "whole"].includes(one.kind) && one.kind === other.kind && one.claim === other.claim
    && one.item === other.item && one.reversal === other.reversal;
  const entryFor = (state, index) => {
    const { item } = state.claim.lines[index];
    const kind = item ? "line" : "whole";
    return state.entries.find((one) => sameLine(one, { kind, claim: state.claim.claim, item, reversal: state.reversal }));
  };
  const isDone = (state, index) => { const one = entryFor(state, index); return Boolean(one) && cents(one.left) === 0; };
  const put = (state, entry) => {
    const at = state.entries.findIndex((one) => sameLine(one, entry));
    entry.number = at < 0 ? state.next++ : state.entries[at].number;
    if (at < 0) state.entries.push(entry); else state.entries[at] = entry;
    state.version += 1;
    state.effects.push({ do: "save", number: entry.number, entry });
  };
  const load = (state) => {
    const before = entryFor(state, state.at);
    state.draft = before && cents(before.left) ? draftOf(before) : {};
    Object.assign(state, { mode: "line", box: isEmpty(state.draft) ? 0 : 1, text: "" });
  };
  const leave = (state) => {
    state.lastClaim = { ...state.claim, reversal: state.reversal };
    Object.assign(state, { mode: "find", claim: null, text: "", draft: {}, reversal: false, whole: false });
  };
  const nextLine = (state) => {
    const next = state.claim.lines.findIndex((_, index) => index > state.at && (state.again || !isDone(state, index)));
    if (next < 0) { leave(state); return; }
    state.at = next;
    load(state);
  };
  const finish = (state) => {
    state.draft.paid ??= 0;
    put(state, entryOf(state));
    state.last = { charge: line(state).charge, draft: structuredClone(state.draft) };
    nextLine(state);
  };
  const commit = (state) => {
    if (state.text) state.draft[BOXES[state.box]] = cents(state.text);
    state.text = "";
  };
  const add = (state, group, reason, amount) => {
    state.draft.others = [...others(state.draft), { group, reason, cents: amount }];
  };
  const repeat = (state) => {
    const now = line(state);
    if (state.reversal && now.earlier) state.draft = draftOf(now.earlier);
    else if (!state.reversal && state.last?.charge === now.charge) state.draft = structuredClone(state.last.draft);
    else { say(state, state.reversal ? "No earlier answer stands for this line." : "Nothing to repeat: the line before has another charge. Key what was paid."); return; }
    if (rest(state)) say(state, `${show(rest(state))} to explain.`); else finish(state);
  };
  const open = (state, hit) => {
    state.claim = state.whole ? { ...hit, lines: [{ item: null, service: "whole claim", charge: hit.charge, earlier: null }] } : hit;
    if (!state.claim.lines.length) { say(state, `Claim ${hit.control} has no charges here.`); leave(state); return; }
    const first = state.claim.lines.findIndex((_, index) => !isDone(state, index));
    state.again = first < 0;
    state.at = Math.max(first, 0);
    if (state.again) say(state, "All lines of this claim are keyed. What you key now replaces them; Enter passes one over.", "wait");
    load(state);
  };

  // --- keys ----------------------------------------------------------------------------------
  const isDigit = (key) => /^[0-9]$/.test(key);
  const isLetter = (key) => /^[A-Za-z]$/.test(key);
  const typeAmount = (state, key) => {
    const text = state.text + key;
    if (/^\d{0,8}(\.\d{0,2})?$/.test(text) && text.length <= LONGEST.amount) state.text = text;
    else say(state, "An amount has at most two decimals.");
  };
  const typeText = (state, key, most) => { if (state.text.length < most) state.text += key.toUpperCase(); };
  const cycle = (list, value) => list[(list.indexOf(value) + 1) % list.length];
  const groupOf = (state) => state.group || state.codes.groups[state.text] || "CO";
  const typeReason = (state, key) => {
    if (isDigit(key) || isLetter(key)) typeText(state, key, LONGEST.code);
    else if (key === ".") {
      const letter = LETTERS.find((one) => one && state.text.startsWith(one)) || "";
      state.text = cycle(LETTERS, letter) + state.text.slice(letter.length);
    } else if (key === "*") state.group = cycle(GROUPS, groupOf(state));
    else return false;
    return true;
  };
  const isKnown = (state) => {
    if (state.codes.known.includes(state.text)) return true;
    say(state, `${state.text} is not an adjustment reason code.`);
    return false;
  };

  const MODES = {
    find(state, key) {
      if (isDigit(key) || isLetter(key) || (key === "." && state.text) || (key === "-" && state.text)) typeText(state, key, LONGEST.number);
      else if (key === "Enter" && state.text) { state.effects.push({ do: "find", text: state.text, reversal: state.reversal }); state.mode = "wait"; }
      else if (key === "-") state.reversal = !state.reversal;
      else if (key === "*" && !state.text) state.mode = "menu";
      else if (key === "/") Object.assign(state, { text: "", reversal: false, whole: false });
      else if (key === "+" && !state.text) proceed(state);
    },
    choose(state, key) {
      const hit = isDigit(key) && state.hits[Number(key) - 1];
      if (hit) { state.hits = []; open(state, hit); }
      else if (key === "/") Object.assign(state, { mode: "find", hits: [] });
      else say(state, `Choose with 1 to ${state.hits.length}.`);
    },
    line(state, key) {
      if (isDigit(key) || key === ".") { typeAmount(state, key); return; }
      const wasEmpty = isEmpty(state.draft) && !state.text;
      if (key === "Enter" && wasEmpty && state.box === 0) { nextLine(state); return; }
      if (key === "+" && wasEmpty) { repeat(state); return; }
      if (key === "/") { stepBack(state, wasEmpty); return; }
      if (key === "-" && wasEmpty) { say(state, "Key what was paid first."); return; }
      commit(state);
      const open_ = rest(state);
      if (key === "*") Object.assign(state, { mode: "reason", group: "" });
      else if (open_ === 0 && ["+", "-", "Enter"].includes(key)) finish(state);
      else if (key === "+" && open_ > 0) { add(state, "CO", "45", open_); finish(state); }
      else if (key === "-" && open_ > 0) {
        const name = REASONS[BOXES[state.box]] ? BOXES[state.box] : "coins";
        state.draft[name] = (state.draft[name] || 0) + open_;
        finish(state);
      } else if (key === "+" || key === "-") say(state, `${show(-open_)} more than the charge is explained. Give its reason with *.`);
      else if (key === "Enter") {
        if (state.box < BOXES.length - 1) state.box += 1; else say(state, `${show(open_)} to explain: + contract, − patient, * reason.`);
        if (!isEmpty(state.draft)) put(state, entryOf(state));
      }
    },
    reason(state, key) {
      if (typeReason(state, key)) return;
      if (key === "Enter" && state.text === "0") Object.assign(state, { mode: "code", text: "" });
      else if (key === "Enter" && state.text) {
        if (isKnown(state)) { state.reason = state.text; state.group = groupOf(state); Object.assign(state, { mode: "rest", text: "" }); }
      } else if (key === "/" && state.text) state.text = "";
      else if (key === "Enter" || key === "/") state.mode = "line";
    },
    rest(state, key) {
      if (isDigit(key) || key === ".") typeAmount(state, key);
      else if (key === "/") Object.assign(state, { mode: "reason", text: "", group: "" });
      else if (key === "Enter") {
        add(state, state.group, state.reason, state.text ? cents(state.text) : rest(state));
        Object.assign(state, { mode: "line", text: "", box: Math.max(state.box, 1) });
        if (rest(state) === 0) finish(state); else put(state, entryOf(state));
      }
    },
    code(state, key) {
      if (isDigit(key) || isLetter(key)) typeText(state, key, LONGEST.code);
      else if (key === "/") Object.assign(state, { mode: "line", text: "" });
      else if (key === "Enter") { state.draft.code = state.text; Object.assign(state, { mode: "line", text: "" }); }
    },
    menu(state, key) {
      state.mode = "find";
      if (key === "0") undo(state);
      else if (key === "1") ask(state, "unapplied", ["reference", "amount"]);
      else if (key === "2") ask(state, "provider", ["provider", "reference", "amount"]);
      else if (key === "3") ask(state, "interest", ["amount"]);
      else if (key === "4" && state.lastClaim) ask(state, "claim", ["reason", "amount"]);
      else if (key === "4") say(state, "Key a line of the claim first.");
      else if (key === "5") state.whole = true;
    },
    ask(state, key) {
      const { steps, at, got, kind } = state.ask;
      const step = steps[at];
      const ends = key === "Enter" || (kind === "provider" && step === "amount" && (key === "+" || key === "-"));
      if (step === "reason" && typeReason(state, key)) return;
      if (step === "amount" && (isDigit(key) || key === ".")) { typeAmount(state, key); return; }
      if (step !== "amount" && (isDigit(key) || isLetter(key))) { typeText(state, key, LONGEST.number); return; }
      if (key === "/") { if (state.text) state.text = ""; else Object.assign(state, { mode: "find", ask: null }); return; }
      if (!ends || !fits(state, step)) return;
      got[step] = state.text;
      if (step === "reason") got.group = groupOf(state);
      if (step === "amount") got.raises = key === "+";
      state.text = "";
      if (at + 1 < steps.length) state.ask.at += 1; else answered(state, kind, got);
    },
    // What was typed on in good faith must not end up in the next claim's number.
    missed(state, key) {
      if (key === "/" || key === "Enter") state.mode = "find"; else state.note = state.missed;
    },
    wait() {},
    closed() {},
  };
  const stepBack = (state, wasEmpty) => {
    if (state.text) state.text = "";
    else if (state.box > 0) { state.box -= 1; state.draft[BOXES[state.box]] = null; }
    else if (wasEmpty) leave(state);
    else state.draft = {};
  };
  const proceed = (state) => {
    if (!state.entries.length) say(state, "Nothing is keyed yet.");
    else if (unfinished(state).length) say(state, `Claim ${unfinished(state)[0].control}: ${show(cents(unfinished(state)[0].left))} of a line is to explain.`);
    else if (left(state)) say(state, `${show(left(state))} of the check is left.`);
    else { state.effects.push({ do: state.shown === state.version ? "post" : "simulate" }); state.mode = "wait"; }
  };
  const undo = (state) => {
    const last = state.entries.reduce((best, one) => (!best || one.number > best.number ? one : best), null);
    if (!last) { say(state, "Nothing is keyed yet."); return; }
    state.entries = state.entries.filter((one) => one !== last);
    state.version += 1;
    state.effects.push({ do: "undo" });
    say(state, `Taken back: ${last.patient || last.reference || last.kind} ${show(cents(last.tape))}.`, "wait");
  };
  const ask = (state, kind, steps) => Object.assign(state, { mode: "ask", ask: { kind, steps, at: 0, got: {} }, text: "", group: "" });
  const providerOf = (state) => (state.codes.provider[state.text] || [state.text])[0];
  const fits = (state, step) => {
    if (step === "reason") return Boolean(state.text) && isKnown(state);
    if (step === "provider" && !/^[A-Z0-9]{2}$/.test(providerOf(state))) { say(state, "Key the number of the adjustment, or its code."); return false; }
    if (step === "amount" && !(state.text && cents(state.text))) { say(state, "Key an amount."); return false; }
    return true;
  };
  const answered = (state, kind, got) => {
    const amount = cents(got.amount);
    const claim = ["interest", "claim"].includes(kind) && state.lastClaim;
    const base = { kind, claim: claim ? claim.claim : null, item: null, reversal: false, patient: claim ? claim.patient : "", control: claim ? claim.control : "",
      service: "", charge: "0.00", paid: "0.00", adjustments: [], left: "0.00", reference: got.reference || "", reason: "", amount: dollars(amount) };
    state.mode = "find";
    state.ask = null;
    if (kind === "provider") {
      const signed = got.raises ? -amount : amount;
      const reason = (state.codes.provider[got.provider] || [got.provider])[0];
      put(state, { ...base, reason, amount: dollars(signed), tape: dollars(-signed) });
    } else if (kind === "claim") {
      const signed = claim.reversal ? amount : -amount;
      put(state, { ...base, reversal: claim.reversal, adjustments: [[got.group, got.reason, dollars(amount)]], amount: "0.00", tape: dollars(signed) });
    } else put(state, { ...base, tape: dollars(amount) });
  };

  const step = (state, key) => {
    state.note = null;
    if (key === "Backspace") state.text = state.text.slice(0, -1);
    else MODES[state.mode](state, key);
    return state;
  };
  const missed = (state, words) => {
    say(state, words);
    return Object.assign(state, { mode: "missed", text: "", missed: state.note });
  };
  const found = (state, hits) => {
    state.mode = "find";
    if (!hits.length) return missed(state, `Nothing found for ${state.text}: no claim number, charge or day of service is that. Press / and key it again.`);
    state.text = "";
    if (hits.length === 1) open(state, hits[0]);
    if (hits.length > 1) Object.assign(state, { mode: "choose", hits });
    return state;
  };
  const simulated = (state, { ok }) => { state.mode = "find"; if (ok) state.shown = state.version; return state; };

  // --- words ---------------------------------------------------------------------------------
  const STEPS = { reference: "Number on the paper (Enter: none)", amount: "Amount", provider: "Provider adjustment", reason: "Reason" };
  const reasonWords = (state) => `${groupOf(state)}-${state.text || "…"} ${state.codes.words[state.text] || ""}`.trim();
  const prompt = (state) => {
    const who = state.claim ? `${state.claim.patient}, ${line(state).service}` : "";
    switch (state.mode) {
      case "find": return `${state.reversal ? "Take back claim" : state.whole ? "Claim without lines" : "Claim"}: number, charge or day`;
      case "choose": return "Which one";
      case "line": return `${NAMES[BOXES[state.box]]} · ${who}`;
      case "reason": return `Reason · ${reasonWords(state)}`;
      case "rest": return `Amount of ${state.group}-${state.reason} (Enter: ${show(rest(state))})`;
      case "code": return `Payer's procedure instead of ${line(state).service}`;
      case "menu": return "What";
      case "ask": { const name = state.ask.steps[state.ask.at]; return name === "reason" ? `Claim level · ${reasonWords(state)}` : STEPS[name]; }
      case "missed": return "Not found";
      case "wait": return "One moment";
      default: return "";
    }
  };
  const legend = (state) => {
    switch (state.mode) {
      case "find": return [["Enter", "find"], ["−", "take back"], ["*", "other amounts, undo"], ["/", "clear"], ["+", state.shown === state.version ? "post" : "simulate at zero, then post"]];
      case "missed": return [["/", "key it again"]];
      case "choose": return [["1–9", "choose"], ["/", "back"]];
      case "line": return isEmpty(state.draft) && !state.text
        ? [["Enter", "pass the line over"], ["+", state.reversal ? "as it was answered" : "as the line before"], ["*", "reason"], ["/", "leave the claim"]]
        : [["Enter", "next box"], ["+", "rest to contract"], ["−", "rest to patient"], ["*", "reason, denied"], ["/", "back"]];
      case "reason": return [["Enter", "take it"], ["*", "other group"], [".", "letter"], ["0 Enter", "payer's own code"], ["/", "back"]];
      case "rest": return [["Enter", "take it"], ["/", "back"]];
      case "menu": return [["0", "undo the last"], ["1", "money without a claim"], ["2", "provider adjustment"], ["3", "interest"], ["4", "claim level"], ["5", "claim without lines"], ["/", "back"]];
      case "ask": return state.ask.kind === "provider" && state.ask.steps[state.ask.at] === "amount"
        ? [["−", "reduces the check"], ["+", "raises the check"], ["/", "back"]]
        : state.ask.steps[state.ask.at] === "provider" ? Object.entries(state.codes.provider).map(([key, [code, words]]) => [key, `${code} ${words}`]) : [["Enter", "take it"], ["/", "back"]];
      default: return [];
    }
  };

  globalThis.Keying = { BOXES, begin, step, found, missed, simulated, tape, left, rest, unfinished, prompt, legend, cents, dollars, show, isDone, explained };
})();
