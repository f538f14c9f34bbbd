const many = (count: number) => (count === 1 ? '1 improvement' : `${count} improvements`)

export const optimize = {
  open: 'Optimize (O)',
  title: 'Optimize',
  close: 'Close the improvements',
  looking: 'Looking for what could be better, and checking each on a sample of your sources…',
  nothing: 'Nothing to improve',
  nothingHint: 'No step is needless, and none could do less work for the same rows.',
  intro: 'Each of these loads the same rows with less work. Nothing changes until you apply them.',
  choose: 'Tick what you want to apply.',
  all: 'Tick all',
  none: 'Tick none',
  kinds: {
    'remove-sort': 'Leave out a sort',
    'remove-deduplicate': 'Leave out a deduplication',
    'merge-filters': 'One filter instead of two',
    'filter-earlier': 'Filter earlier',
    'push-filter': 'Let the database filter',
    'push-aggregation': 'Let the database aggregate',
    'push-projection': 'Let the database select columns',
    'drop-columns': 'Drop columns that nothing uses',
  },
  equal: (rows: number, shown: string) =>
    rows === 0
      ? 'Checked on a sample: no row of it is loaded, before or after'
      : `Checked on a sample: the same ${rows === 1 ? 'row is' : `${shown} rows are`} loaded`,
  differs: 'On a sample, different rows are loaded: that is our mistake, and it cannot be applied.',
  showChanges: 'Show what changes',
  hideChanges: 'Hide what changes',
  find: 'Show on the canvas',
  declined: 'Left as it is',
  more: 'There are more; they are shown once some of these are applied.',
  together: 'Checking what you ticked together…',
  skipped: (kinds: string) => `Needless after the others: ${kinds}.`,
  apply: (count: number) => `Apply ${many(count)}`,
  applied: (count: number) => `Applied ${many(count)}. Ctrl+Z undoes ${count === 1 ? 'it' : 'them'}.`,
}
