import { Button, Group, Modal, Text } from '@mantine/core'
import { useEffect } from 'react'
import { useBlocker } from 'react-router'
import { strings } from '@/strings'
import { isUnsaved, useDraft } from './api/useDraft'
import classes from './EditorPage.module.css'

const text = strings.editor.draft

/** What protects unsaved work: the draft of an earlier visit is offered, and leaving is asked about. */
export function DraftNotice({ pipelineId }: { pipelineId: string | undefined }) {
  const { found, decide } = useDraft(pipelineId)
  const leaving = useBlocker(
    ({ currentLocation, nextLocation }) =>
      // A new pipeline's first save leads to the address of what is drawn, and on.
      currentLocation.pathname !== nextLocation.pathname && nextLocation.state?.isDrawn !== true && isUnsaved(),
  )
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => isUnsaved() && event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [])
  return (
    <>
      {found && (
        <Group className={classes.notice} role="status" gap="sm">
          <Text size="sm" flex={1}>
            {text.found(new Date(found.at).toLocaleString())}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => decide(false)}>
            {strings.actions.discard}
          </Button>
          <Button size="compact-sm" onClick={() => decide(true)}>
            {text.restore}
          </Button>
        </Group>
      )}
      <Modal opened={leaving.state === 'blocked'} onClose={() => leaving.reset?.()} title={text.leaveTitle} centered>
        <Text size="sm">{text.leave}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => leaving.proceed?.()}>
            {text.leaveAnyway}
          </Button>
          <Button data-autofocus onClick={() => leaving.reset?.()}>
            {text.stay}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
