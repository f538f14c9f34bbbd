import { Alert, Button, Group, List, Loader, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { type DraftOut, generateDraft } from '@/api/generated'
import { ApiError, messageOf } from '@/api/problem'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { useCommands } from '../canvas/commands'
import { withDraft } from '../model/drafted'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'

const text = strings.assist.describe
const LONGEST = 4000
const SHORTEST = 3

/** A sentence in, a draft on the canvas out: one step to undo, and not saved. */
export function DescribeDialog() {
  const isOpen = useDesk(state => state.open.describe ?? false)
  const [sentence, setSentence] = useState('')
  const modules = useModules()
  const { showAll } = useCommands()
  const asking = useRef(new AbortController())
  const close = () => {
    asking.current.abort()
    useDesk.getState().toggle('describe', false)
  }
  const ask = useMutation({
    mutationFn: async () => {
      asking.current = new AbortController()
      return (await generateDraft({ body: { sentence: sentence.trim() }, signal: asking.current.signal })).data
    },
    onSuccess: draft => {
      if (asking.current.signal.aborted) return
      show(draft)
      close()
      setSentence('')
    },
    meta: { quiet: true },
  })
  // Whoever leaves the page waits for nothing any more.
  useEffect(() => () => asking.current.abort(), [])
  const show = (draft: DraftOut) => {
    const { settings, nodes, edges, replace } = useEditor.getState()
    replace(withDraft({ settings, nodes, edges }, draft, modules))
    toast.success(text.drawn(draft.model, draft.tries))
    setTimeout(() => void showAll())
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate()
  }
  const shown = ask.error && !asking.current.signal.aborted ? ask.error : null
  return (
    <Modal opened={isOpen} onClose={close} title={text.title} size="lg">
      <form onSubmit={submit}>
        <Stack>
          <Textarea
            label={text.label}
            description={text.hint}
            placeholder={text.placeholder}
            autosize
            minRows={3}
            maxRows={12}
            maxLength={LONGEST}
            data-autofocus
            disabled={ask.isPending}
            value={sentence}
            onChange={event => setSentence(event.currentTarget.value)}
          />
          {ask.isPending && <Waiting />}
          {shown && <Failed error={shown} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => (ask.isPending ? asking.current.abort() : close())}>
              {ask.isPending ? text.stop : strings.actions.cancel}
            </Button>
            <Button type="submit" disabled={sentence.trim().length < SHORTEST} loading={ask.isPending}>
              {shown ? strings.actions.retry : text.ask}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Waiting() {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds(known => known + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <Group gap="xs">
      <Loader size="xs" aria-hidden />
      <Text size="sm" role="status">
        {text.waiting}
      </Text>
      <Text size="sm" c="dimmed" aria-hidden>
        {text.seconds(seconds)}
      </Text>
    </Group>
  )
}

function Failed({ error }: { error: Error }) {
  const problems = (error instanceof ApiError && error.details.problems) || []
  return (
    <Alert color="red" title={error instanceof ApiError ? error.title : undefined}>
      {messageOf(error)}
      {problems.length > 0 && (
        <List size="sm" mt="xs">
          {problems.map(problem => (
            <List.Item key={`${problem.node_id} ${problem.path} ${problem.message}`}>{problem.message}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  )
}
