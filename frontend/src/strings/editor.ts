export const editor = {
  loading: 'Loading the editor',
}
