export const assist = {
  next: (step: string) => `What could come after ${step}`,
  title: 'What could come next',
  first: 'What could come first',
  start: 'Suggest a source',
  loading: 'Looking at the columns…',
  none: 'Nothing fits here by itself. Drag a module from the left.',
  noSource: 'Nothing was found to begin with. Upload a file under Files, or drag an extractor from the left.',
  columnsUnknown: 'The columns here are not known yet; only what others built speaks.',
}
