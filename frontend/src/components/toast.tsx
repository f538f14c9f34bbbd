import { notifications } from '@mantine/notifications'
import { Check, CircleAlert, Info } from 'lucide-react'

type Options = { id?: string; title?: string }

const ICON = { size: 16, 'aria-hidden': true } as const

/** Short messages in the corner; the same `id` is shown once. */
export const toast = {
  success: (message: string, options: Options = {}) =>
    notifications.show({ message, color: 'teal', icon: <Check {...ICON} />, ...options }),
  error: (message: string, options: Options = {}) =>
    notifications.show({ message, color: 'red', icon: <CircleAlert {...ICON} />, autoClose: 10_000, ...options }),
  info: (message: string, options: Options = {}) =>
    notifications.show({ message, color: 'blue', icon: <Info {...ICON} />, ...options }),
}
