import { notifications } from '@mantine/notifications'
import { Check, CircleAlert, Info } from 'lucide-react'
import { strings } from '@/strings'

type Options = { id?: string; title?: string }

const CLOSE = { closeButtonProps: { 'aria-label': strings.actions.close } }
const ICON = { size: 16, 'aria-hidden': true } as const

/** Short messages in the corner; the same `id` is shown once. */
export const toast = {
  success: (message: string, options: Options = {}) =>
    notifications.show({ ...CLOSE, message, color: 'teal', icon: <Check {...ICON} />, ...options }),
  error: (message: string, options: Options = {}) =>
    notifications.show({
      ...CLOSE,
      message,
      color: 'red',
      icon: <CircleAlert {...ICON} />,
      autoClose: 10_000,
      ...options,
    }),
  info: (message: string, options: Options = {}) =>
    notifications.show({ ...CLOSE, message, color: 'blue', icon: <Info {...ICON} />, ...options }),
}
