// Charge entry by keyboard: look the patient up, Enter moves on, keys are counted, ready fixes fill boxes.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const KEPT = "charge-entry-strokes";
  const MOST_LINES = 50;
  const form = $("form[data-entry]");
  const lookUp = $("form[data-look-up]");

  // --- keystrokes, from the look-up to the last key of the form -----------------------------
  const keep = (count) => { try { sessionStorage.setItem(KEPT, String(count)); } catch { /* a private window keeps nothing */ } };
  const kept = () => { try { return Number(sessionStorage.getItem(KEPT)) || 0; } catch { return 0; } };
  const fromLookUp = document.referrer.startsWith(location.origin) && /\/charges\//.test(document.referrer);
  let strokes = form && fromLookUp ? kept() : 0;
  document.addEventListener("keydown", (event) => {
    if (["Shift", "Control", "Alt", "Meta", "CapsLock"].includes(event.key)) return;
    strokes += 1;
    keep(strokes);
  }, true);

  // --- the patient ----------------------------------------------------------------------------
  const hits = () => all("#patient-hits a[role=option]");
  const choose = (step) => {
    const found = hits();
    if (!found.length) return;
    const at = found.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    const next = found[(at + step + found.length) % found.length];
    found.forEach((hit) => hit.setAttribute("aria-selected", String(hit === next)));
    next.scrollIntoView({ block: "nearest" });
  };
  if (lookUp) {
    keep(0);
    lookUp.addEventListener("submit", (event) => event.preventDefault());
    let wanted = false;
    const open = () => $("#patient-hits a[aria-selected=true]")?.click();
    $("#patient-text").addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { choose(event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); }
      // The answer may still be on its way when somebody types fast: Enter waits for it.
      if (event.key === "Enter") { event.preventDefault(); if (event.target.matches(".htmx-request") || event.target.value !== event.target.dataset.shown) wanted = true; else open(); }
    });
    $("#patient-text").addEventListener("input", () => { wanted = false; });
    document.addEventListener("htmx:afterSwap", (event) => {
      if (event.detail.target.id !== "patient-hits") return;
      const text = $("#patient-text");
      const asked = event.detail.requestConfig?.parameters;
      text.dataset.shown = (asked instanceof FormData ? asked.get("q") : asked?.q) ?? text.value;
      if (wanted && text.dataset.shown === text.value) { wanted = false; open(); }
    });
    $("#patient-text").dataset.shown = $("#patient-text").value;
  }
  if (!form) return;

  // --- the lines --------------------------------------------------------------------------------
  const body = $("[data-lines]", form);
  const lines = () => all("tr[data-line]", body);
  const addLine = () => {
    const last = lines().at(-1);
    const place = Number(last.dataset.line) + 1;
    if (place > MOST_LINES) return;
    const row = last.cloneNode(true);
    row.dataset.line = String(place);
    row.firstElementChild.firstChild.textContent = String(place);
    all("input", row).forEach((box) => {
      box.name = box.name.replace(/^line-\d+/, `line-${place}`);
      box.value = "";
      box.removeAttribute("aria-invalid");
      if (box.hasAttribute("aria-label")) box.setAttribute("aria-label", box.getAttribute("aria-label").replace(/line \d+/, `line ${place}`));
    });
    body.append(row);
  };
  form.addEventListener("input", (event) => {
    if (event.target.matches(".line-code") && event.target.value && event.target.closest("tr") === lines().at(-1)) addLine();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = event.target.closest("tr[data-line]");
    if (event.target.matches(".line-code") && !event.target.value && row !== lines()[0]) {
      event.preventDefault();
      event.stopImmediatePropagation();
      $("[data-last]", form).focus();
    }
  }, true);
  form.addEventListener("submit", () => { $("input[name=strokes]", form).value = String(strokes); });

  // --- ready fixes --------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    Object.entries(JSON.parse(button.dataset.fill)).forEach(([name, value]) => { const box = form.elements[name]; if (box) box.value = value; });
    htmx.trigger(form, "checked");
  });
  const start = $("[aria-invalid=true]", form) || $("#service_on");
  start?.focus();
  // htmx listens from DOMContentLoaded on: what was typed until then, or came with the page, is checked then.
  document.addEventListener("DOMContentLoaded", () => {
    if (all(".line-code", form).some((box) => box.value)) htmx.trigger(form, "checked");
  });
})();
