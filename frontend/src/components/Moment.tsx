import { Text, Tooltip } from '@mantine/core'
import { fromNow, moment } from './format'

/** How long ago; the exact moment when one looks closer. */
export function Moment({ at }: { at: string | null | undefined }) {
  if (!at)
    return (
      <Text span inherit>
        –
      </Text>
    )
  return (
    <Tooltip label={moment(at)}>
      <Text component="time" dateTime={at} inherit style={{ whiteSpace: 'nowrap' }}>
        {fromNow(at)}
      </Text>
    </Tooltip>
  )
}
