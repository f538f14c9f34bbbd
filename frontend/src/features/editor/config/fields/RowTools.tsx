import { ActionIcon, Group } from '@mantine/core'
import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react'
import { strings } from '@/strings'

const text = strings.config

type Props = { label: string; position: number; count: number; onMove?: (to: number) => void; onRemove: () => void }

/** What can be done with one of several rows. */
export function RowTools({ label, position, count, onMove, onRemove }: Props) {
  return (
    <Group gap={0} wrap="nowrap">
      {onMove && count > 1 && (
        <>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            disabled={position === 0}
            aria-label={text.up(label)}
            onClick={() => onMove(position - 1)}
          >
            <ArrowUp size={14} />
          </ActionIcon>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            disabled={position === count - 1}
            aria-label={text.down(label)}
            onClick={() => onMove(position + 1)}
          >
            <ArrowDown size={14} />
          </ActionIcon>
        </>
      )}
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={text.remove(label)} onClick={onRemove}>
        <Trash2 size={14} />
      </ActionIcon>
    </Group>
  )
}
