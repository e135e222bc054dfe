// Runs inside the page: does what the browser does on a paste. First the event, which the page may handle, then the
// edit.
const [field, text] = arguments;
field.focus();
if ("select" in field) field.select();
else document.getSelection().selectAllChildren(field);
const clipboardData = new DataTransfer();
clipboardData.setData("text/plain", text);
const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
if (field.dispatchEvent(event)) document.execCommand("insertText", false, text);
