// Before the first paint, so that no page flashes in the other colours.
const theme = localStorage.getItem("desk-theme");
if (theme === "light" || theme === "dark") {
  document.documentElement.dataset.theme = theme;
}
