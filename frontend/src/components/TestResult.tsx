import { Group, Loader, Text } from '@mantine/core'
import { CircleCheck, CircleX } from 'lucide-react'
import { strings } from '@/strings'

const text = strings.connections

type Props = { isPending: boolean; result: { ok: boolean; message: string } | undefined }

/** What became of a test of a connection or a receiver: that it works, or why not. */
export function TestResult({ isPending, result }: Props) {
  const Icon = result?.ok ? CircleCheck : CircleX
  const color = result?.ok ? 'teal' : 'red'
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" role="status">
      {isPending && (
        <>
          <Loader size={14} mt={3} aria-hidden />
          <Text size="sm">{text.testing}</Text>
        </>
      )}
      {!isPending && result && (
        <>
          <Icon
            size={16}
            color={`var(--mantine-color-${color}-text)`}
            aria-hidden
            style={{ flexShrink: 0, marginTop: 2 }}
          />
          <Text size="sm" c={color} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {result.message || text.works}
          </Text>
        </>
      )}
    </Group>
  )
}
