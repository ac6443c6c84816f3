// Filters the operations of each run; opens the one that the address names.
for (const run of document.querySelectorAll('section.run')) {
  const entries = [...run.querySelectorAll('details.operation')];
  const form = run.querySelector('form.filter');
  const search = form.querySelector('input[type=search]');
  const boxes = [...form.querySelectorAll('input[type=checkbox]')];
  const texts = new Map();
  const text = entry => texts.get(entry) ?? texts.set(entry, entry.textContent.toLowerCase()).get(entry);
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set(boxes.filter(box => box.checked).map(box => box.value));
    let shown = 0;
    for (const entry of entries) {
      entry.hidden = !(states.has(entry.dataset.state) && words.every(word => text(entry).includes(word)));
      shown += !entry.hidden;
    }
    form.querySelector('output').textContent = `${shown} of ${entries.length} shown`;
  };
  form.addEventListener('input', filter);
  form.addEventListener('submit', event => event.preventDefault());
  filter();
}

const open = () => {
  const entry = location.hash && document.getElementById(location.hash.slice(1));
  if (!entry) return;
  entry.hidden = false;
  entry.open = true;
  entry.scrollIntoView();
  entry.querySelector('summary').focus({ preventScroll: true });
};
addEventListener('hashchange', open);
// A second click on a cell does not change the address.
addEventListener('click', event => { if (event.target.matches('a.cell')) setTimeout(open); });
open();
