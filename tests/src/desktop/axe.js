// Runs inside the page: one line for each element that axe-core has something against.
const done = arguments[arguments.length - 1];
axe.run(document).then(
  ({ violations }) =>
    done(violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) => `${id}: ${help}: ${html} ${any[0]?.message ?? ""}`))),
  (error) => done([`axe-core failed: ${error}`]),
);
