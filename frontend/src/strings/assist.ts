export const assist = {
  next: (step: string) => `What could come after ${step}`,
  title: 'What could come next',
  feed: (step: string, handle: string | null) => `What could feed ${handle ? `“${handle}” of ` : ''}${step}`,
  feedTitle: 'What could come before',
  first: 'What could come first',
  start: 'Suggest a source',
  loading: 'Looking at the columns…',
  none: 'Nothing fits here by itself. Drag a module from the left.',
  noSource: 'Nothing was found to begin with. Upload a file under Files, or drag an extractor from the left.',
  columnsUnknown: 'The columns here are not known yet: these come only from what others built.',
  describe: {
    title: 'Describe a pipeline',
    label: 'What should it do?',
    hint: 'This, and the names and columns of files and connections, are sent to the language model of this installation; no rows are.',
    placeholder: 'Join orders.csv with customers.csv and write the revenue of each country to a Parquet file',
    ask: 'Draft it',
    stop: 'Stop',
    waiting: 'The model is writing; what it writes is checked before it is shown.',
    seconds: (seconds: number) => `${seconds} s`,
    drawn: (model: string, tries: number) =>
      `Drafted by ${model}${tries > 1 ? ` in ${tries} tries` : ''}. Look it over; nothing is saved yet.`,
  },
}
