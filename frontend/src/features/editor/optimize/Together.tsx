import { Alert, Stack, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ImprovedOut, ProposalOut } from '@/api/generated'
import { messageOf } from '@/api/problem'
import { strings } from '@/strings'
import { CheckBadge } from './CheckBadge'

const text = strings.editor.optimize

type Props = { answer: UseQueryResult<ImprovedOut>; proposals: readonly ProposalOut[] }

/** What those accepted make together: one may have made another needless. */
export function Together({ answer: { data, error, isPlaceholderData }, proposals }: Props) {
  if (error) return <Alert color="red">{messageOf(error)}</Alert>
  if (!data || isPlaceholderData)
    return (
      <Text size="xs" c="dimmed" role="status">
        {text.together}
      </Text>
    )
  const skipped = proposals.filter(each => data.skipped.includes(each.id)).map(each => text.kinds[each.kind])
  return (
    <Stack gap={4}>
      <CheckBadge check={data.check} />
      {skipped.length > 0 && (
        <Text size="xs" c="dimmed">
          {text.skipped(skipped.join(', '))}
        </Text>
      )}
    </Stack>
  )
}
