// Where menus and hints are drawn: a landmark of its own at the end of the page.
export const layers = (): HTMLElement =>
  document.querySelector<HTMLElement>("[data-layers]") ?? document.body;
