// The line of this page in the rail is in sight, however long the rail is. Only the rail moves, never the page.
(() => {
  "use strict";
  const rail = document.querySelector(".rail");
  const line = rail?.querySelector("a.on");
  if (!line) return;
  const below = line.offsetTop + line.offsetHeight - rail.clientHeight;
  if (below > 0) rail.scrollTop = below + line.offsetHeight;
})();
