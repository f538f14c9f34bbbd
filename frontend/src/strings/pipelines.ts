export const pipelines = {
  new: 'New pipeline',
  empty: 'No pipelines yet',
  emptyHint: 'A pipeline reads data, changes it step by step, and loads it somewhere. Draw your first one.',
  untitled: 'Untitled pipeline',
}
