import { Card, createTheme, Drawer, Modal, Tooltip } from '@mantine/core'
import { strings } from '@/strings'
import { palette } from './palette'

const sans = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
const mono = "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

/** What a screen reader says of the cross in the corner. */
const CLOSE = { 'aria-label': strings.actions.close }

/** The look of the product: the defaults of components live here, not at each use. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 6 },
  colors: palette,
  fontFamily: sans,
  fontFamilyMonospace: mono,
  fontSmoothing: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  headings: { fontFamily: sans, fontWeight: '650' },
  components: {
    Card: Card.extend({ defaultProps: { radius: 'lg' } }),
    Modal: Modal.extend({
      defaultProps: { radius: 'lg', overlayProps: { backgroundOpacity: 0.45, blur: 2 }, closeButtonProps: CLOSE },
    }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: CLOSE } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
})
