import { Button, Checkbox, Collapse, Group, Stack, Text } from '@mantine/core'
import { useReactFlow } from '@xyflow/react'
import { useState } from 'react'
import type { Canvas, ProposalOut, SavedCanvas } from '@/api/generated'
import { Changes } from '@/components/Changes'
import { strings } from '@/strings'
import { moving } from '../canvas/fit'
import { titlesOf } from '../model/improved'
import { useEditor } from '../store/editor'
import { CheckBadge } from './CheckBadge'
import classes from './Optimize.module.css'

const text = strings.editor.optimize

/** The canvas is seen beside the list. */
const BESIDE = { x: '40px', y: '40px', right: '560px' } as const

type Props = {
  proposal: ProposalOut
  /** The nodes that it is about, as they were sent. */
  before: NonNullable<Canvas['nodes']>
  isAccepted: boolean
  onAccept: (isAccepted: boolean) => void
}

/** One rewrite: what, why, whether a sample agrees, and exactly what it would change. */
export function Proposal({ proposal, before, isAccepted, onAccept }: Props) {
  const [isShown, show] = useState(false)
  const flow = useReactFlow()
  const { id, kind, reason, nodes, diff, check, config } = proposal
  const titles = titlesOf(before as SavedCanvas['nodes'], config.nodes)
  const find = () => {
    useEditor.getState().select(new Set(nodes))
    flow.fitView({ nodes: nodes.map(node => ({ id: node })), maxZoom: 1, padding: BESIDE, duration: moving(300) })
  }
  const details = `changes-${id}`
  return (
    <li className={classes.proposal} data-accepted={isAccepted || undefined}>
      <Checkbox
        checked={isAccepted}
        onChange={event => onAccept(event.currentTarget.checked)}
        label={`${text.kinds[kind]}: ${titles.get(proposal.node_id) ?? proposal.node_id}`}
        styles={{ label: { fontWeight: 600 } }}
      />
      <Stack gap={6} pl={32} mt={4}>
        <Text size="sm">{reason}</Text>
        <CheckBadge check={check} />
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="subtle"
            aria-expanded={isShown}
            aria-controls={details}
            onClick={() => show(!isShown)}
          >
            {isShown ? text.hideChanges : text.showChanges}
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={find}>
            {text.find}
          </Button>
        </Group>
        <Collapse expanded={isShown} id={details}>
          {isShown && <Changes diff={diff} titles={titles} />}
        </Collapse>
      </Stack>
    </li>
  )
}
