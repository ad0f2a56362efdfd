// The keyboard and the small manners of the workbench. No inline script anywhere: pages speak in data-* attributes.
//   table[data-queue] > tr[data-row][data-href][data-side][data-why]   j k Enter w x
//   [data-key="c"]           that key presses this link or button (letters outside fields, capitals with Shift; F-keys everywhere)
//   tr [data-row-key="d"]    that key presses the button of the line under the cursor
//   [data-search]            "/" puts the cursor here        a[data-back]   Esc goes there
//   form[data-enter-next]    Enter moves to the next box; Ctrl Enter sends
//   input[data-drop]         takes a file that is dropped anywhere on the page
//   [data-filter="#box"] > [data-filter-column="Level"]   hides the rows of the box's table that do not fit; "" = any words
//   button[data-toggle-all="#box"]   opens all details in the box, or closes them
//   button[data-awaits-script][disabled]   works only by a script of the page: can be pressed once that listens
//   [data-refused="why"]     an error page after a form: its page comes back, filled again, with this reason in the form
//   [data-for="reason: charity"]   shown only while that field of its form has one of these values
//   details                  opened by key or click: the cursor goes into its first field; Esc closes it, back to the row
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isField = (node) => node instanceof HTMLElement && (node.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select") || node.isContentEditable);
  const isShown = (node) => node.getClientRects().length > 0;
  const isSeen = (node) => isShown(node) && node.checkVisibility();  // nor within a closed panel, whose parts have places

  // --- theme -------------------------------------------------------------------------------
  const setTheme = (choice) => {
    document.documentElement.dataset.theme = choice;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${choice}; path=/; max-age=31536000; samesite=lax${secure}`;
    document.dispatchEvent(new Event("theme"));
    all("[data-theme-form] button").forEach((button) => button.setAttribute("aria-pressed", String(button.value === choice)));
  };
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-form]")) return;
    event.preventDefault();
    setTheme(event.submitter.value);
  });

  // --- queues ------------------------------------------------------------------------------
  let sideTimer = 0;
  const rows = () => all("table[data-queue] tr[data-row]").filter(isShown);
  const current = () => $("tr.cur");
  const loadSide = (row, delay) => {
    clearTimeout(sideTimer);
    if (!row.dataset.side) return;
    sideTimer = setTimeout(() => htmx.ajax("GET", row.dataset.side, { target: "#side", swap: "innerHTML" }), delay);
  };
  const setCurrent = (row, { scroll = true, delay = 120, side = true } = {}) => {
    if (!row || row === current()) return;
    all("tr.cur").forEach((other) => { other.classList.remove("cur"); other.removeAttribute("aria-current"); });
    row.classList.add("cur");
    row.setAttribute("aria-current", "true");
    if (scroll) row.scrollIntoView({ block: "nearest" });
    if (side) loadSide(row, delay);
  };
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(current());
    setCurrent(list[Math.max(0, Math.min(list.length - 1, at + step))]);
  };
  const openRow = (row) => { if (row && row.dataset.href) location.assign(row.dataset.href); };
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-row]");
    const opensTrace = event.target.closest(".why");
    // The amount's trace goes into the side pane, so the row's own record must not land there after it.
    if (opensTrace) clearTimeout(sideTimer);
    if (row) setCurrent(row, { scroll: false, delay: 0, side: !opensTrace });
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("dblclick", (event) => openRow(event.target.closest("tr[data-row]")));
  const why = () => {
    const row = current();
    const address = row && row.dataset.why;
    clearTimeout(sideTimer);
    if (address) htmx.ajax("GET", address, { target: "#side", swap: "innerHTML" });
    else $(".why", row || document)?.click();
  };
  const select = () => $("input[type=checkbox][name=row]", current() || document.createElement("i"))?.click();

  // --- palette -----------------------------------------------------------------------------
  const palette = () => $("#palette");
  const openPalette = () => {
    const box = palette();
    if (!box || box.open) return;
    box.showModal();
    const text = $("#palette-text");
    text.value = "";
    text.focus();
    htmx.trigger(text, "palette-open");
  };
  const choose = (step) => {
    const hits = all("#palette-hits a[role=option]");
    if (!hits.length) return;
    const at = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    const next = hits[(at + step + hits.length) % hits.length];
    hits.forEach((hit) => hit.setAttribute("aria-selected", String(hit === next)));
    next.id ||= `hit-${hits.indexOf(next)}`;
    $("#palette-text").setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  };
  // What the page itself offers is found by its words, after the pages and before the records.
  const wordsOf = (node, without = "kbd") => {
    const label = node.cloneNode(true);
    all(without, label).forEach((part) => part.remove());
    return (node.getAttribute("aria-label") || label.textContent).trim().replace(/\s+/g, " ");
  };
  const addActs = () => {
    const wanted = $("#palette-text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const acts = all("main [data-key], .top [data-key], main .btn, main summary, tr.cur [data-row-key]").filter((node) => isSeen(node) && !node.disabled && wanted.every((word) => wordsOf(node).toLowerCase().includes(word)));
    if (!acts.length) return;
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "On this page");
    const title = Object.assign(document.createElement("p"), { className: "hits-label", textContent: "On this page" });
    title.setAttribute("aria-hidden", "true");
    group.append(title, ...acts.map((node) => {
      const hit = Object.assign(document.createElement("a"), { href: "#main", tabIndex: -1, textContent: wordsOf(node) });
      hit.setAttribute("role", "option");
      hit.setAttribute("aria-selected", "false");
      if (node.dataset.key) hit.append(Object.assign(document.createElement("small"), { textContent: keyWords(node.dataset.key) }));
      hit.addEventListener("click", (event) => { event.preventDefault(); palette().close(); node.click(); });
      return hit;
    }));
    $("#palette-hits .empty")?.remove();
    const pages = $("#palette-hits [aria-label='Go to']");
    if (pages) pages.after(group); else $("#palette-hits").prepend(group);
  };
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-palette]")) { event.target.blur(); openPalette(); } });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "palette-text") return;
    // A search field would only be emptied by its first Escape.
    if (event.key === "Escape") { palette().close(); event.preventDefault(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { choose(event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); }
    if (event.key === "Enter") { ($("#palette-hits [aria-selected=true]") || $("#palette-hits a[role=option]"))?.click(); event.preventDefault(); }
  });

  // --- panels ------------------------------------------------------------------------------
  // A panel that opens takes the cursor at once: what is typed next belongs to its field, never to the shortcuts.
  const enterPanel = (panel) => {
    const inside = all("input:not([type=hidden]), textarea, select, button, a[href]", panel).filter((node) => isShown(node) && !node.disabled);
    const target = inside.find((node) => isField(node) && !node.readOnly) || inside.find((node) => !node.matches("a")) || inside[0];
    if (target) { target.focus(); if (isField(target)) target.select?.(); }
  };
  const closePanel = (panel) => {
    const row = current();
    const held = panel.contains(document.activeElement);
    panel.open = false;
    if (!held) return;
    if (row) { row.tabIndex = -1; row.focus({ preventScroll: true }); } else $("summary", panel).focus();
  };
  const openPanel = () => all("details[open]").findLast((panel) => isShown(panel) && panel.contains(document.activeElement)) || $("details.menu[open]");
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("summary");
    const panel = summary?.parentElement;
    // This listener runs before the browser opens the panel; opening it here makes the fields focusable at once.
    if (!panel || event.defaultPrevented || event.target.closest("a, button, input")) return;
    event.preventDefault();
    panel.open = !panel.open;
    if (panel.open) enterPanel(panel);
  });

  // --- files, filters and trees ----------------------------------------------------------------
  const dropField = () => $("input[data-drop]");
  const hold = (event) => {
    const field = dropField();
    if (!field || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field.classList.toggle("over", event.type === "dragover");
    if (event.type !== "drop") return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  ["dragover", "dragleave", "drop"].forEach((name) => document.addEventListener(name, hold));
  const filter = (box) => {
    const table = $("table", $(box.dataset.filter));
    if (!table) return;
    const heads = all("thead th", table).map((head) => head.textContent);
    const wanted = all("[data-filter-column]", box).filter((field) => field.value)
      .map((field) => [heads.indexOf(field.dataset.filterColumn), field.value.toLowerCase()]);
    const fits = (row) => wanted.every(([at, text]) => at < 0 ? row.textContent.toLowerCase().includes(text) : row.cells[at].textContent.toLowerCase() === text);
    const list = all("tbody tr", table);
    list.forEach((row) => { row.hidden = !fits(row); });
    const count = $(`${box.dataset.filter}-shown`);
    if (count) count.textContent = list.filter((row) => !row.hidden).length;
    if (current()?.hidden) setCurrent(rows()[0], { scroll: false });
  };
  document.addEventListener("input", (event) => { const box = event.target.closest("[data-filter]"); if (box) filter(box); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle-all]");
    if (!button) return;
    const list = all("details", $(button.dataset.toggleAll));
    const open = list.some((node) => !node.open);
    list.forEach((node) => { node.open = open; });
  });

  const showAsked = () => all("form [data-for]").forEach((box) => {
    const [name, values] = box.dataset.for.split(": ");
    box.hidden = !values.split(" ").includes(box.closest("form").elements[name].value);
  });
  document.addEventListener("change", showAsked);
  showAsked();

  // --- keys --------------------------------------------------------------------------------
  const keyed = (key) => all(`[data-key="${CSS.escape(key)}"], tr.cur [data-row-key="${CSS.escape(key)}"]`).find((node) => isShown(node) && !node.disabled);
  const keyWords = (key) => /^[A-Z]$/.test(key) ? `Shift ${key}` : key;
  // What has no key of its own: the palette finds it by its words, and presses it.
  const keyless = () => all("main .btn, main summary").filter((node) => isSeen(node) && !node.disabled && !node.matches("[data-key], [data-row-key], [data-back], .why, .chip") && !$("kbd", node));
  const keyLine = (keys, words) => {
    const name = document.createElement("dt");
    keys.forEach((key) => name.append(Object.assign(document.createElement("kbd"), { textContent: key }), " "));
    return [name, Object.assign(document.createElement("dd"), { textContent: words })];
  };
  const goKeys = () => {
    const lists = [];
    all(".rail h2, .rail a[data-go]").forEach((node) => {
      if (node.matches("h2")) { lists.push([Object.assign(document.createElement("h3"), { textContent: node.textContent })]); return; }
      if (!lists.length) lists.push([]);
      const group = lists[lists.length - 1];
      if (!group.at(-1)?.matches("dl")) group.push(document.createElement("dl"));
      group.at(-1).append(...keyLine(["g", node.dataset.go], wordsOf(node, "b")));
    });
    return lists.filter((group) => group.at(-1).matches("dl")).map((group) => {
      const box = document.createElement("section");
      box.append(...group);
      return box;
    });
  };
  const help = () => {
    const lines = all("[data-key], tr.cur [data-row-key]").filter(isShown).map((node) => [keyWords(node.dataset.key || node.dataset.rowKey), wordsOf(node)]);
    const words = [...new Set(keyless().map((node) => wordsOf(node)))];
    $("#page-keys").replaceChildren(...[...lines, ...words.map((said) => ["Ctrl K", said])].flatMap(([key, said]) => keyLine([key], said)));
    $("#go-keys").replaceChildren(...goKeys());
    $("#keys").showModal();
  };
  const back = () => {
    const open = openPanel();
    if (open) { closePanel(open); return; }
    const link = $("a[data-back]");
    if (link) link.click();
    else if (document.referrer.startsWith(location.origin)) history.back();
  };
  const dark = () => document.documentElement.dataset.bsTheme === "dark";
  const actions = {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    w: why, x: select, "?": help, Escape: back, t: () => setTheme(dark() ? "light" : "dark"),
    "/": () => { const field = all("[data-search]").find(isShown); if (field) { field.focus(); field.select?.(); } else openPalette(); },
  };
  let going = 0;
  const go = (key) => {
    if (Date.now() - going > 1500) return false;
    going = 0;
    const link = $(`.rail a[data-go="${CSS.escape(key)}"]`);
    if (link) link.click();
    return Boolean(link);
  };
  const enterInForm = (event) => {
    const form = event.target.closest("form");
    if (event.key !== "Enter" || !form || event.target.matches("textarea:not([data-enter-next])")) return;
    if (event.ctrlKey || event.metaKey) { event.preventDefault(); form.requestSubmit(); return; }
    if (!form.matches("[data-enter-next]") || event.target.matches("button")) return;
    const fields = all("input, select, textarea", form).filter((node) => isShown(node) && !node.disabled && !node.readOnly && node.type !== "hidden");
    const next = fields[fields.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
    event.preventDefault();
    if (next) { next.focus(); next.select?.(); } else $("button:not([type=button])", form)?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
    if (isField(event.target)) {
      const panel = event.target.closest("details[open]");
      if (event.key === "Escape" && panel) { event.preventDefault(); closePanel(panel); return; }
      if (event.key === "Escape" && !event.target.closest("dialog")) event.target.blur();
      enterInForm(event);
      if (!/^F\d+$/.test(event.key)) return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (go(event.key)) { event.preventDefault(); return; }
    const pressed = keyed(event.key);
    if (pressed) { event.preventDefault(); pressed.click(); return; }
    if (event.key === "Enter" && !event.target.closest("a, button, summary, input")) { openRow(current()); return; }
    if (event.key === "g") { going = Date.now(); return; }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !current()) return;
    const action = actions[event.key];
    if (action) { event.preventDefault(); action(); }
  });

  // --- partial answers -----------------------------------------------------------------------
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400) return;
    event.detail.shouldSwap = true;
    // 422 = the form again, with its findings in place; all else is told above the page.
    if (xhr.status !== 422) { event.detail.target = $("#messages"); event.detail.swapOverride = "innerHTML"; }
  });
  const warn = (text) => $("#messages")?.replaceChildren(Object.assign(document.createElement("div"), { className: "alert-line act", textContent: text }));
  document.addEventListener("htmx:sendError", () => warn("The server did not answer. Nothing was changed; try again."));
  document.addEventListener("htmx:afterSwap", (event) => {
    const flash = $("[data-flash]", event.detail.target);
    if (flash) flash.classList.add("flash");
    if (event.detail.target.id === "palette-hits") { addActs(); choose(1); }
    if (!current() && $("table[data-queue]", event.detail.target)) setCurrent(rows()[0], { scroll: false, delay: 0 });
    if (event.detail.xhr?.status === 422) $("main form [autofocus]")?.focus();
    if (refused) answerRefused();  // its form came with the part of the page that follows
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit(); });

  // --- a form with something still empty ----------------------------------------------------------
  // The browser puts the cursor into the first empty box and says so for a moment; the form says what is missing, and that nothing was sent.
  const calledBy = (node) => {
    const label = node.labels?.[0];
    const words = label ? [...label.childNodes].filter((one) => one.nodeName !== "KBD").map((one) => one.textContent).join("") : node.getAttribute("aria-label") || node.name;
    return words.trim().replace(/\s+/g, " ");
  };
  const tell = (form, words) => {
    $("#refused")?.remove();
    const told = Object.assign(document.createElement("div"), { className: "alert-line act", id: "refused", textContent: words });
    told.setAttribute("role", "alert");
    form.prepend(told);
  };
  let asking = null;
  document.addEventListener("invalid", ({ target: { form } }) => {
    if (!form || asking) return;
    asking = form;
    setTimeout(() => {
      asking = null;
      const empty = [...form.elements].filter((node) => node.validity?.valueMissing);
      if (!empty.length) return;
      tell(form, `Nothing was sent. Still empty: ${empty.map(calledBy).join("; ")}`);
      empty.forEach((node) => node.setAttribute("aria-invalid", "true"));
      empty[0].setAttribute("aria-describedby", [...new Set([...(empty[0].getAttribute("aria-describedby") || "").split(" "), "refused"])].join(" ").trim());
    });
  }, true);

  // --- a form that was refused -----------------------------------------------------------------
  // An error page would throw away what was typed. So a form's fields are kept when it is sent, and only until the next page:
  // where that page says [data-refused], the form's own page comes back, filled again, with the reason in the form.
  const KEPT = "refused-form";
  const NOT_KEPT = "[type=password], [type=file], [type=hidden], [type=submit], [type=button], button, fieldset, output, [autocomplete=one-time-code], [autocomplete^=cc-]";
  const here = () => location.pathname + location.search;
  const sentTo = (form, button) => new URL(button?.getAttribute("formaction") || form.getAttribute("action") || here(), location.href).pathname;
  const hiddenOf = (form) => all("input[type=hidden]", form).filter((node) => node.name && !["csrfmiddlewaretoken", "once"].includes(node.name)).map((node) => `${node.name}=${node.value}`).join("&");
  const typedIn = (form) => [...form.elements].filter((node) => node.name && !node.matches(NOT_KEPT));
  const stored = (value) => {
    try {
      const old = JSON.parse(sessionStorage.getItem(KEPT));
      if (value) sessionStorage.setItem(KEPT, JSON.stringify(value)); else sessionStorage.removeItem(KEPT);
      return old;
    } catch { return null; }  // no store, or no room in it: the error page alone answers
  };
  let sideFrom = "";
  let refused = null;
  const keepForm = (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("main form:not([target])") || $("main[data-posted]") || !typedIn(form).length) return;
    stored({
      page: here(), path: sentTo(form, event.submitter), action: sentTo(form), hidden: hiddenOf(form), side: $("#side")?.contains(form) ? sideFrom : null, row: current()?.dataset.row,
      fields: typedIn(form).map((node) => ({ name: node.name, value: node.value, checked: node.checked, chosen: node.multiple ? [...node.selectedOptions].map((one) => one.value) : null })),
      hasFile: all("input[type=file]", form).some((node) => node.files.length),
    });
  };
  const fillAgain = (form, fields) => {
    const left = typedIn(form);
    fields.forEach((old) => {
      const at = left.findIndex((node) => node.name === old.name && (!node.matches("[type=checkbox], [type=radio]") || node.value === old.value));
      if (at < 0) return;
      const [node] = left.splice(at, 1);
      if (node.matches("[type=checkbox], [type=radio]")) node.checked = old.checked;
      else if (old.chosen) [...node.options].forEach((one) => { one.selected = old.chosen.includes(one.value); });
      else if (!node.readOnly) node.value = old.value;
    });
  };
  // The message quotes the value, or names the field as the page does, or as the form sends it.
  const fieldMeant = (form, message) => {
    const words = ` ${message.toLowerCase().replace(/[^a-z0-9]+/g, " ")} `;
    const says = (text) => Boolean(text) && words.includes(` ${text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim()} `);
    const score = (node) => (node.value && (message.includes(`'${node.value}'`) || message.includes(`"${node.value}"`)) ? 2 : 0)
      + (says(node.name) || [...node.labels ?? []].some((label) => says(label.textContent)) ? 1 : 0);
    const best = typedIn(form).filter(isShown).map((node) => [score(node), node]).sort((a, b) => b[0] - a[0])[0];
    return best && best[0] > 0 ? best[1] : null;
  };
  const answerRefused = () => {
    if (!refused) return true;
    const forms = all("main form").filter((form) => sentTo(form) === refused.action);
    const form = forms.find((one) => hiddenOf(one) === refused.hidden) || forms[0];
    if (!form) return false;
    const { fields, message, hasFile } = refused;
    refused = null;
    for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    fillAgain(form, fields);
    showAsked();
    tell(form, message + (hasFile ? " Choose the file again: a browser does not keep it." : ""));
    const meant = fieldMeant(form, message);
    meant?.setAttribute("aria-invalid", "true");
    const field = meant || typedIn(form).find((node) => isShown(node) && !node.disabled) || all("button", form).find(isShown);
    field?.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), "refused"].filter(Boolean).join(" "));
    field?.focus();
    if (field && isField(field)) field.select?.();
    return true;
  };
  const takeUpRefused = () => {
    const kept = stored(null);
    const told = $("[data-refused]")?.dataset.refused;
    if (kept && told && kept.path === location.pathname && !kept.message) {
      stored({ ...kept, message: told });
      location.replace(kept.page);
    } else if (kept?.message && kept.page === here()) refused = kept;
  };
  window.addEventListener("submit", keepForm);
  window.addEventListener("pageshow", (event) => { if (event.persisted) stored(null); });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "side" && event.detail.requestConfig.verb === "get") sideFrom = event.detail.pathInfo.requestPath;
  });

  // --- passkeys ------------------------------------------------------------------------------
  // Their scripts listen only when the page is whole: a press before that would send an empty form, or do nothing.
  document.addEventListener("DOMContentLoaded", () => all("[data-awaits-script]").forEach((button) => { button.disabled = false; }));
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const refused = event.detail.exception?.name === "NotAllowedError";
    warn(refused ? "The passkey was not used: it was cancelled, or this device has none for this address. Try again, or sign in with your password." : `The passkey could not be used: ${event.detail.exception?.message ?? "no reason was given"} Try again, or sign in with your password.`);
  });
  takeUpRefused();
  const first = rows()[0];
  const start = rows().find((row) => refused && row.dataset.row === refused.row) || $("tr[data-start]") || first;
  // A form that stood in the side pane comes back there: the row under the cursor must not be loaded over it.
  if (first) setCurrent(start, { scroll: Boolean(refused), delay: 0, side: (refused?.side ?? null) === null });
  if (refused) {
    const { message, side } = refused;
    const answered = side ? htmx.ajax("GET", side, { target: "#side", swap: "innerHTML" }).then(answerRefused) : Promise.resolve(answerRefused());
    answered.then((found) => { if (!found) warn(message); });
  }
})();
