(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const form = byId("filter"), words = byId("words"), found = byId("found");
  const choices = ["category", "region", "level", "standing"].map((name) => [name, byId(name)]);
  const cards = [...document.querySelectorAll(".case")];
  const items = [...document.querySelectorAll(".case, tr.item")].map((node) => ({ node, text: null }));
  const groups = [...document.querySelectorAll("section.below, section.category")];
  const textOf = (item) => (item.text ??= item.node.textContent.toLowerCase());

  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = choices.filter(([, select]) => select.value);
    const active = Boolean(wanted.length || chosen.length);
    let shown = 0;
    for (const item of items) {
      const fits = chosen.every(([name, select]) => item.node.dataset[name] === select.value) &&
        wanted.every((word) => textOf(item).includes(word));
      item.node.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const group of groups) {
      group.hidden = active && !group.querySelector(".case:not([hidden]), tr.item:not([hidden])");
    }
    document.body.classList.toggle("filtering", active);
    found.textContent = active ? found.dataset.form.replace("{}", shown) : "";
  };

  let waiting = 0;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  form.hidden = false;

  // Two cases side by side: the cards themselves, copied.
  const tray = byId("tray"), dialog = byId("compare"), pair = byId("pair");
  const picked = [];
  const show = () => {
    for (const card of cards) card.querySelector(".pick").setAttribute("aria-pressed", picked.includes(card));
    tray.hidden = picked.length === 0;
    byId("picked").textContent = picked.map((card) => card.querySelector("h3").textContent).join("  /  ");
    byId("open-compare").disabled = picked.length < 2;
  };
  const pick = (card) => {
    const at = picked.indexOf(card);
    if (at >= 0) picked.splice(at, 1);
    else if (picked.push(card) > 2) picked.shift();
    show();
  };
  const compare = () => {
    if (picked.length < 2) return;
    pair.replaceChildren(...picked.map((card) => {
      const copy = card.cloneNode(true);
      copy.removeAttribute("id");
      copy.hidden = false;
      copy.querySelector(".pick").remove();
      return copy;
    }));
    dialog.showModal();
  };
  for (const card of cards) {
    const button = card.querySelector(".pick");
    button.hidden = false;
    button.addEventListener("click", () => pick(card));
  }
  byId("open-compare").addEventListener("click", compare);
  byId("clear-compare").addEventListener("click", () => { picked.length = 0; show(); });
  byId("close-compare").addEventListener("click", () => dialog.close());

  // The case that is read: the first whose end is below the top of the window.
  const current = () => {
    const shown = cards.filter((card) => !card.hidden && card.offsetParent);
    const at = shown.findIndex((card) => card.getBoundingClientRect().bottom > 90);
    return { shown, at };
  };
  const step = (by) => {
    const { shown, at } = current();
    if (at < 0) return;
    const ahead = shown[at].getBoundingClientRect().top > 100;
    const next = shown[Math.min(Math.max(ahead && by > 0 ? at : at + by, 0), shown.length - 1)];
    next.tabIndex = -1;
    // At once: the next key asks where the window stands.
    next.scrollIntoView({ block: "start", behavior: "instant" });
    next.focus({ preventScroll: true });
  };
  const keys = {
    "/": () => words.focus(),
    j: () => step(1),
    k: () => step(-1),
    c: () => { const { shown, at } = current(); if (shown[at]) pick(shown[at]); },
    v: compare,
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
