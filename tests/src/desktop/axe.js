// Runs inside the page: returns one line for each element that axe-core reports.
const done = arguments[arguments.length - 1];
axe.run(document).then(
  ({ violations }) =>
    done(violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) => `${id}: ${help}: ${html} ${any[0]?.message ?? ""}`))),
  (error) => done([`axe-core failed: ${error}`]),
);
