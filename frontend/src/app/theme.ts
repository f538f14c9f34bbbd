import { Card, createTheme, type MantineColorsTuple, Modal, Tooltip } from '@mantine/core'

const sans = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
const mono = "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

const indigo: MantineColorsTuple = [
  '#eef0ff',
  '#dfe3ff',
  '#c3c9fd',
  '#a3abfa',
  '#858cf7',
  '#7176f3',
  '#6366f1',
  '#5354df',
  '#4849c8',
  '#3b3bab',
]

const dark: MantineColorsTuple = [
  '#d6d9e4',
  '#b4b9c8',
  '#8f95a8',
  '#6a7085',
  '#3c4155',
  '#2e3243',
  '#232736',
  '#1a1d29',
  '#14161f',
  '#0e1017',
]

/** The look of the product: the defaults of components live here, not at each use. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 6 },
  colors: { indigo, dark },
  fontFamily: sans,
  fontFamilyMonospace: mono,
  fontSmoothing: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  headings: { fontFamily: sans, fontWeight: '650' },
  components: {
    Card: Card.extend({ defaultProps: { radius: 'lg' } }),
    Modal: Modal.extend({ defaultProps: { radius: 'lg', overlayProps: { backgroundOpacity: 0.45, blur: 2 } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
})
