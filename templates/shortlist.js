(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const form = byId("filter"), words = byId("words"), category = byId("category");
  const region = byId("region"), found = byId("found");
  const items = [...document.querySelectorAll(".case, tr.item")].map((node) => ({
    node, category: node.dataset.category, region: node.dataset.region, text: null,
  }));
  const groups = [...document.querySelectorAll("section.below, section.category")];
  const textOf = (item) => (item.text ??= item.node.textContent.toLowerCase());

  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = Boolean(wanted.length || category.value || region.value);
    let shown = 0;
    for (const item of items) {
      const fits = (!category.value || item.category === category.value) &&
        (!region.value || item.region === region.value) &&
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
})();
