export const editor = {
  palette: 'Modules',
  searchModules: 'Search modules',
  noModule: 'No module fits these words.',
  types: { extractor: 'Extract', transformer: 'Transform', loader: 'Load' },
  configuration: 'Configuration',
  label: 'Name of the step',
  presets: 'Presets',
  columns: 'Columns after this step',
  newName: 'Untitled pipeline',
  name: 'Name of the pipeline',
  undo: 'Undo (Ctrl+Z)',
  redo: 'Redo (Ctrl+Shift+Z)',
  saved: (revision: number) => `Saved as revision ${revision}.`,
  outdated:
    'Somebody saved this pipeline since you loaded it. Reload to see the newer revision; nothing was overwritten.',
  problems: (count: number) => (count === 0 ? 'No problems' : count === 1 ? '1 problem' : `${count} problems`),
  emptyTitle: 'Start with where the data comes from',
  empty: 'Click an extractor at the left, or drag it here; then connect steps until a loader.',
  refusals: {
    itself: 'A step cannot read its own output.',
    noOutput: (module: string) => `“${module}” ends a pipeline; it has no output.`,
    noInput: (module: string) => `“${module}” starts a pipeline; it has no input.`,
    twice: 'These two are connected already.',
    full: (handle: string, max: number) =>
      `The input “${handle}” takes ${max === 1 ? 'one edge' : `${max} edges`}; remove one first.`,
    cycle: 'That would make a circle: the data would have to be there before it is made.',
  },
}
