export const modules = {
  description: 'What pipelines are built of: what each step does, and the options that it takes.',
  search: 'Search name, description and tags',
  types: { extractor: 'Extract', transformer: 'Transform', loader: 'Load' } as Record<string, string>,
  anyType: 'All',
  used: (pipelines: number) => (pipelines === 1 ? 'Used by 1 step' : `Used by ${pipelines} steps`),
  inactive: 'Switched off',
  options: 'Options',
  option: 'Option',
  kind: 'Kind',
  default: 'Default',
  required: 'required',
  noOptions: 'It has no options.',
  presets: 'Presets',
  inputs: 'Inputs',
  noInput: 'None: it starts a pipeline.',
  edges: (min: number, max: number | null) =>
    max === null
      ? `${min} or more edges`
      : min === max
        ? `${max === 1 ? 'one edge' : `${max} edges`}`
        : `${min} to ${max} edges`,
  connections: 'Needs a connection to',
  docs: 'Further documentation',
  offer: 'Offered in the builder',
  offerHint: 'Switched off, it cannot be added; pipelines that use it do not validate.',
}
