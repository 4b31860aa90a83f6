// @ts-check
// Line drawings on a 24 × 24 grid.

const NAMESPACE = "http://www.w3.org/2000/svg";

/** A drawing by its name; it says nothing to a screen reader. */
export function icon(/** @type {keyof typeof PATHS} */ name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  const path = document.createElementNS(NAMESPACE, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "dk-icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

const PATHS = {
  arrow: "M15 5l-7 7 7 7",
  back: "M3 12a9 9 0 0115-6.7L21 8M21 3v5h-5M21 12a9 9 0 01-15 6.7L3 16M3 21v-5h5",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  chart: "M4 20V10M10 20V4M16 20v-7M21 20H3",
  check: "M5 13l4 4L19 7",
  clock: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3.500 2",
  close: "M6 6l12 12M18 6L6 18",
  dots: "M5 11.200v1.600M12 11.200v1.600M19 11.200v1.600",
  draw: "M7 4h11v16H7zM4 7v14h10M10.500 12h4M12.500 10v4",
  erase: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11l3 5M13.500 11l-3 5", // a bin that gives nothing back
  full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  help: "M12 3a9 9 0 100 18 9 9 0 000-18zM9.500 9.500a2.500 2.500 0 114 2c-1 .7-1.500 1.200-1.500 2.200" +
    "M12 16.800v.010",
  home: "M4 11l8-7 8 7M6 9.500V20h12V9.500M10 20v-6h4v6",
  guide: "M12 6c-2-1.500-5-2-8-2v14c3 0 6 .500 8 2 2-1.500 5-2 8-2V4c-3 0-6 .500-8 2zM12 6v14",
  flag: "M6 21V4M6 5h12l-3 4 3 4H6",
  more: "M6 10l6 6 6-6",
  notes: "M5 4h14v16H5zM8 8h8M8 12h8M8 16h5",
  offline: "M3 3l18 18M8.500 16.500a5 5 0 017 0M5 12.900a10 10 0 015.200-2.7M14.500 10.500a10 10 0 014.500 " +
    "2.400M2 8.800a15 15 0 014.200-2.600M10.7 5.100A15 15 0 0122 8.800M12 20h.010",
  import: "M4 5h16v14H4zM4 14h4l1.500 2.500h5L16 14h4M12 7v5M10 10l2 2 2-2",
  open: "M3 12s3-6 9-6 9 6 9 6-3 6-9 6-9-6-9-6zM12 9.500a2.500 2.500 0 100 5 2.500 2.500 0 000-5z",
  pencil: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  putback: "M6 3h12v18H6zM6 9l6-6M6 15L18 3M6 21L18 9M12 21l6-6", // a card with its back up
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  redo: "M20 9H9a5 5 0 000 10h4M16 5l4 4-4 4",
  refresh: "M20 11a8 8 0 10-2 6M20 5v6h-6",
  saved: "M5 13l4 4L19 7",
  saving: "M12 4v10M8 10l4 4 4-4M5 19h14",
  round: "M3 4h12v8H9l-3 3v-3H3zM18 9h3v8h-2v3l-3-3h-6v-2", // somebody speaks, and somebody else
  save: "M12 4v10M8 10l4 4 4-4M5 16v4h14v-4",
  speaker: "M4 9v6h4l5 4V5L8 9zM16.500 8.500a5 5 0 010 7M19 6a8.500 8.500 0 010 12",
  share: "M4 12a2.500 2.500 0 105 0 2.500 2.500 0 10-5 0M15 6a2.500 2.500 0 105 0 2.500 2.500 0 10-5 0M15 " +
    "18a2.500 2.500 0 105 0 2.500 2.500 0 10-5 0M8.700 10.900l6.600-3.700M8.700 13.100l6.600 3.700",
  skip: "M5 5l8 7-8 7zM19 5v14",
  unsaved: "M12 4L2.500 20h19zM12 10v4.500M12 17.500v.010",
  up: "M12 20V5M6 11l6-6 6 6",
  down: "M12 4v15M6 13l6 6 6-6",
  undo: "M4 9h11a5 5 0 010 10h-4M8 5L4 9l4 4",
};
