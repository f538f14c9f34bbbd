import { Group, Text } from '@mantine/core'
import { CircleAlert, CircleCheck, CircleHelp } from 'lucide-react'
import type { CheckOut } from '@/api/generated'
import { count } from '@/components/format'
import { strings } from '@/strings'

const text = strings.editor.optimize
const LOOKS = {
  equal: { Icon: CircleCheck, color: 'teal' },
  unchecked: { Icon: CircleHelp, color: 'orange' },
  differs: { Icon: CircleAlert, color: 'red' },
} as const

/** What a sample of the sources said, never by colour alone. */
export function CheckBadge({ check: { status, rows, message } }: { check: CheckOut }) {
  const { Icon, color } = LOOKS[status]
  const told =
    status === 'equal' ? text.equal(rows ?? 0, count(rows ?? 0)) : status === 'unchecked' ? message : text.differs
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" c={`var(--mantine-color-${color}-text)`}>
      <Icon size={15} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
      <Text size="xs" inherit={false} style={{ overflowWrap: 'anywhere' }}>
        {told}
      </Text>
    </Group>
  )
}
