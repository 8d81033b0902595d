// Numbers for people.
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function markdown(header, rows) {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column]).length)));
  const line = (cells) => `| ${cells.map((cell, column) => String(cell).padEnd(widths[column])).join(' | ')} |`;
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

export const seconds = (value) => `${value.toFixed(value < 10 ? 2 : 1)} s`;
export const milliseconds = (value) => `${(value * 1000).toFixed(0)} ms`;
export const mebibytes = (value) => `${(value / 1024 / 1024).toFixed(0)} MiB`;
