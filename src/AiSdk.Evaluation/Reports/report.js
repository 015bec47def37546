(() => {
  "use strict";
  // What is folded is printed too, also by browsers that cannot be told so by style.
  let folded = [];
  addEventListener("beforeprint", () => { folded = [...document.querySelectorAll("details:not([open])")]; folded.forEach(part => part.open = true); });
  addEventListener("afterprint", () => { folded.forEach(part => part.open = false); folded = []; });
  const rows = [...document.querySelectorAll("#cases tbody tr")];
  const text = document.getElementById("filter-text");
  const state = document.getElementById("filter-state");
  const tag = document.getElementById("filter-tag");
  const count = document.getElementById("filter-count");
  if (!text) return;
  const contents = rows.map(row => row.textContent.toLowerCase());
  const apply = () => {
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, i) => {
      const fits = (!wanted || contents[i].includes(wanted))
        && (!state.value || row.dataset.state === state.value)
        && (!tag || !tag.value || row.dataset.tags.split("\n").includes(tag.value));
      row.hidden = !fits;
      if (fits) shown++;
    });
    count.textContent = shown + " of " + rows.length + " shown";
  };
  [text, state, tag].forEach(control => control && control.addEventListener("input", apply));
  apply();
})();
