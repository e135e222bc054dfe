// Runs inside the page: returns the reachable elements with a role and a name. A subset of the accessible-name rules:
// enough for a page whose every control has a plain label.
const [wantedRole, wantedName] = arguments;

const inputRoles = { checkbox: "checkbox", radio: "radio", number: "spinbutton", search: "searchbox", range: "slider",
  button: "button", submit: "button", reset: "button", hidden: "" };
const tagRoles = { BUTTON: "button", SUMMARY: "button", TEXTAREA: "textbox", SELECT: "combobox", OPTION: "option", DIALOG: "dialog",
  H1: "heading", H2: "heading", H3: "heading", H4: "heading", H5: "heading", H6: "heading",
  NAV: "navigation", MAIN: "main", HEADER: "banner", FOOTER: "contentinfo", ASIDE: "complementary", SECTION: "region", FORM: "form",
  TABLE: "table", TR: "row", TD: "cell", TH: "columnheader", UL: "list", OL: "list", LI: "listitem",
  OUTPUT: "status", PROGRESS: "progressbar", FIELDSET: "group", IMG: "img" };

function roleOf(element) {
  const given = element.getAttribute("role");
  if (given) return given;
  if (element.isContentEditable && element.getAttribute("contenteditable") !== null) return "textbox";
  if (element.tagName === "INPUT") return inputRoles[element.type] ?? "textbox";
  if (element.tagName === "A") return element.hasAttribute("href") ? "link" : "";
  return tagRoles[element.tagName] ?? "";
}

const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();

function textOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true") return "";
  if (node.hasAttribute("aria-label")) return ` ${node.getAttribute("aria-label")} `;
  if (node.tagName === "IMG") return ` ${node.alt} `;
  const inner = [...node.childNodes].map(textOf).join("");
  return getComputedStyle(node).display.startsWith("inline") ? inner : ` ${inner} `;
}

function nameOf(element) {
  const ids = element.getAttribute("aria-labelledby");
  if (ids) return squeeze(ids.split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean).map(textOf).join(" "));
  if (element.hasAttribute("aria-label")) return squeeze(element.getAttribute("aria-label"));
  if (element.labels?.length) return squeeze([...element.labels].map(textOf).join(" "));
  if (element.tagName === "FIELDSET") return squeeze(element.querySelector("legend")?.textContent);
  if (element.tagName === "IMG") return squeeze(element.alt);
  if (["textbox", "searchbox", "combobox", "dialog", "table", "region", "form"].includes(roleOf(element)))
    return squeeze(element.getAttribute("placeholder") ?? element.getAttribute("title"));
  return squeeze(textOf(element)) || squeeze(element.getAttribute("title"));
}

function reachable(element) {
  return element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert], [aria-hidden='true']");
}

// Behind an open modal dialog nothing can be reached.
const modal = [...document.querySelectorAll("dialog:modal, [aria-modal='true']")].at(-1);
const there = [...(modal ?? document).querySelectorAll("*"), ...(modal ? [modal] : [])]
  .filter((element) => roleOf(element) === wantedRole && reachable(element));
const named = there.map((element) => ({ element, name: nameOf(element) }));

let hits = named.filter(({ name }) => name === wantedName);
if (hits.length === 0) hits = named.filter(({ name }) => name.includes(wantedName));
return { hits: hits.map(({ element }) => element), seen: named.map(({ name }) => name) };
