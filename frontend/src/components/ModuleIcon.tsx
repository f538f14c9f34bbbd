import icons from 'virtual:module-icons'
import { Box } from 'lucide-react'

/** The icon that a module's row names; it keeps its size beside long text. */
export function ModuleIcon({ name, size = 18 }: { name: string | null | undefined; size?: number }) {
  const Icon = icons[name ?? ''] ?? Box
  return <Icon size={size} aria-hidden style={{ flexShrink: 0 }} />
}
