import { Badge, Loader } from '@mantine/core'
import { Ban, Check, CircleDashed, CircleX, type LucideIcon, RotateCw, SkipForward } from 'lucide-react'
import { strings } from '@/strings'

type Look = { color: string; icon: LucideIcon | null }

const LOOKS: Record<string, Look> = {
  pending: { color: 'gray', icon: CircleDashed },
  queued: { color: 'gray', icon: CircleDashed },
  running: { color: 'blue', icon: null },
  up_for_retry: { color: 'orange', icon: RotateCw },
  success: { color: 'teal', icon: Check },
  failed: { color: 'red', icon: CircleX },
  cancelled: { color: 'orange', icon: Ban },
  skipped: { color: 'grape', icon: SkipForward },
  upstream_failed: { color: 'orange', icon: Ban },
}
const UNKNOWN: Look = { color: 'gray', icon: CircleDashed }

/** A run's or a node's status, told by colour, shape and word. */
export function RunStatus({ status, size = 'md' }: { status: string; size?: 'sm' | 'md' | 'lg' }) {
  const { color, icon: Icon } = LOOKS[status] ?? UNKNOWN
  return (
    <Badge
      variant="light"
      color={color}
      size={size}
      tt="none"
      leftSection={Icon ? <Icon size={12} aria-hidden /> : <Loader size={10} color={color} aria-hidden />}
    >
      {strings.executions.statuses[status] ?? status.replaceAll('_', ' ')}
    </Badge>
  )
}
