// Before the first paint: the theme that somebody chose on this device.
try {
  const theme = localStorage.getItem("tandem-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* the system decides */ }
// The catalogue's names for subjects, skills and badges, written into the page just before this.
const names = document.getElementById("tandem-names");
if (names) globalThis[Symbol.for("tandem.names")] = JSON.parse(names.textContent);
