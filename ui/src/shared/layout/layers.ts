// Where menus and hints are drawn: a separate landmark at the end of the page.
export const layers = (): HTMLElement =>
  document.querySelector<HTMLElement>("[data-layers]") ?? document.body;
