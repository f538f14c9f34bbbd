import { Button, Center, Drawer, Group, Loader, Stack, Text } from '@mantine/core'
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { useMeaning } from '../api/useMeaning'
import { useImproved, useProposals } from '../api/useOptimize'
import { useCommands } from '../canvas/commands'
import { improved } from '../model/improved'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import { Declined } from './Declined'
import classes from './Optimize.module.css'
import { Proposal } from './Proposal'
import { Together } from './Together'

const text = strings.editor.optimize
const AFTER = 700
const close = () => useDesk.getState().toggle('optimize', false)

/** What could be better in the drawing, reviewed one by one beside the canvas and taken as one step. */
export function OptimizeDrawer() {
  const isOpen = useDesk(state => state.open.optimize ?? false)
  return (
    <Drawer
      opened={isOpen}
      onClose={close}
      title={text.title}
      position="right"
      size={520}
      overlayProps={{ backgroundOpacity: 0.15 }}
      closeButtonProps={{ 'aria-label': text.close }}
    >
      {isOpen && <Review />}
    </Drawer>
  )
}

function Review() {
  const meaning = useMeaning(AFTER)
  const proposals = useProposals(meaning)
  if (proposals.isError) return <ErrorState error={proposals.error} onRetry={() => void proposals.refetch()} />
  if (!proposals.data) return <Looking />
  const { found } = proposals.data
  if (found.proposals.length === 0)
    return (
      <>
        <EmptyState icon={CircleCheck} color="teal" title={text.nothing}>
          {text.nothingHint}
        </EmptyState>
        <Declined declined={found.declined} />
      </>
    )
  return <Found key={meaning} meaning={meaning} {...proposals.data} />
}

function Looking() {
  return (
    <Stack align="center" py={64} gap="md">
      <Loader size="md" aria-hidden />
      <Text role="status" c="dimmed" ta="center">
        {text.looking}
      </Text>
      <Button variant="default" onClick={close}>
        {strings.actions.cancel}
      </Button>
    </Stack>
  )
}

type FoundProps = { meaning: number } & NonNullable<ReturnType<typeof useProposals>['data']>

function Found({ meaning, graph, found }: FoundProps) {
  const { proposals, declined, more } = found
  const modules = useModules()
  const { showAll } = useCommands()
  const [accepted, accept] = useState<readonly string[]>([])
  const together = useImproved(meaning, accepted)
  const toggle = (id: string, isAccepted: boolean) =>
    // In the order of the list, whatever was ticked first.
    accept(proposals.map(each => each.id).filter(each => (each === id ? isAccepted : accepted.includes(each))))
  const isReady = together.data !== undefined && !together.isPlaceholderData && together.data.check.status !== 'differs'
  const take = () => {
    if (!together.data) return
    const { replace, ...drawing } = useEditor.getState()
    replace(improved(drawing, together.data.config, modules))
    toast.success(text.applied(together.data.applied.length))
    close()
    setTimeout(() => void showAll())
  }
  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {text.intro}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          style={{ flex: 'none' }}
          onClick={() => accept(accepted.length === proposals.length ? [] : proposals.map(each => each.id))}
        >
          {accepted.length === proposals.length ? text.none : text.all}
        </Button>
      </Group>
      <ul className={classes.list} aria-label={text.title}>
        {proposals.map(proposal => (
          <Proposal
            key={proposal.id}
            proposal={proposal}
            before={graph.config?.nodes ?? []}
            isAccepted={accepted.includes(proposal.id)}
            onAccept={isAccepted => toggle(proposal.id, isAccepted)}
          />
        ))}
      </ul>
      {more && (
        <Text size="sm" c="dimmed">
          {text.more}
        </Text>
      )}
      <Declined declined={declined} />
      {accepted.length > 0 && (
        <div className={classes.foot}>
          <Together answer={together} proposals={proposals} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {strings.actions.cancel}
            </Button>
            <Button disabled={!isReady} loading={together.isFetching} onClick={take}>
              {text.apply(together.data?.applied.length ?? accepted.length)}
            </Button>
          </Group>
        </div>
      )}
      {accepted.length === 0 && (
        <Center>
          <Text size="xs" c="dimmed">
            {text.choose}
          </Text>
        </Center>
      )}
    </Stack>
  )
}
