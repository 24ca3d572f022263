// Light or dark: the system decides until somebody chooses; the choice is kept on this device.

const KEY = "tandem-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";

/** Let every button marked `data-theme-switch` change the theme and say what it would change to. */
export function startTheme() {
  const buttons = [...document.querySelectorAll("[data-theme-switch]")];
  const show = () => buttons.forEach((button) => {
    const text = isDark() ? "Light theme" : "Dark theme";
    for (const part of button.querySelectorAll("[data-when]")) part.toggleAttribute("hidden", (part.dataset.when === "dark") !== isDark());
    if (button.querySelector("[data-text]")) button.querySelector("[data-text]").textContent = text;
    else { button.setAttribute("aria-label", text); button.title = text; }
  });
  for (const button of buttons) button.addEventListener("click", () => { choose(isDark() ? "light" : "dark"); show(); });
  dark.addEventListener("change", show);
  show();
}

/** Change to the other theme, for pages that draw their own switch. */
export const changeTheme = () => choose(isDark() ? "light" : "dark");

function choose(theme) {
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem(KEY, theme); } catch { /* kept for this page only */ }
}
