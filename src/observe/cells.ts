/** One counted series: a number that only grows. Kept by whoever counts, so that counting is one addition. */
export interface Cell {
  value: number;
}

/** The series of one counter: a cell for each set of label values. */
export interface Cells {
  /** The cell of these label values, in the order of the table; made on first use. */
  cell(values: readonly string[]): Cell;
  /** Drops every series whose leading label values are these: an endpoint that a reload removed. */
  forget(leading: readonly string[]): void;
  lines(): readonly { readonly labels: Record<string, string>; readonly value: number }[];
}

/** Values of labels never hold this character: names and closed lists only. */
const separator = '\u0000';

/** Creates the series of a counter with these label names. */
export function createCells(names: readonly string[]): Cells {
  const series = new Map<string, { readonly labels: Record<string, string>; readonly cell: Cell }>();
  return {
    cell(values) {
      const key = values.join(separator);
      const known = series.get(key);
      if (known !== undefined) return known.cell;
      const cell = { value: 0 };
      series.set(key, { labels: Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])), cell });
      return cell;
    },
    forget(leading) {
      const start = leading.join(separator) + separator;
      for (const key of series.keys()) if (`${key}${separator}`.startsWith(start)) series.delete(key);
    },
    lines: () => [...series.values()].map(({ labels, cell }) => ({ labels, value: cell.value })),
  };
}
