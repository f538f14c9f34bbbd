import { Button, Popover, ScrollArea, Stack, Text, UnstyledButton } from '@mantine/core'
import { useReactFlow } from '@xyflow/react'
import { CircleAlert, CircleCheck } from 'lucide-react'
import type { ProblemOut } from '@/api/generated'
import { strings } from '@/strings'
import { moving } from './canvas/fit'
import { useFieldFocus } from './config/form/focus'
import classes from './EditorPage.module.css'
import { isModule } from './model/types'
import { useDesk } from './store/desk'
import { useEditor } from './store/editor'

const text = strings.editor

/** Everything that is wrong; a click shows where. */
export function ProblemList() {
  const problems = useEditor(state => state.verdict.problems)
  const isOpen = useDesk(state => state.open.problems ?? false)
  const open = (isOpen: boolean) => useDesk.getState().toggle('problems', isOpen)
  const flow = useReactFlow()
  const show = ({ node_id, edge_id, path }: ProblemOut) => {
    const { edges, select } = useEditor.getState()
    const edge = edges.find(each => each.id === edge_id)
    const ids = node_id ? [node_id] : edge ? [edge.source, edge.target] : []
    if (ids.length === 0) return
    select(new Set(ids))
    flow.fitView({ nodes: ids.map(id => ({ id })), maxZoom: 1, duration: moving(300) })
    if (node_id && path) useFieldFocus.getState().ask(node_id, path)
    open(false)
  }
  const Icon = problems.length ? CircleAlert : CircleCheck
  return (
    <Popover opened={isOpen && problems.length > 0} onChange={open} width={420} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          ml="auto"
          size="xs"
          variant="light"
          color={problems.length ? 'red' : 'teal'}
          leftSection={<Icon size={15} />}
          disabled={problems.length === 0}
          onClick={() => open(!isOpen)}
        >
          {text.problems(problems.length)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={4}>
        <ScrollArea.Autosize mah={360} aria-label={text.problemList}>
          <Stack gap={0}>
            {problems.map((problem, position) => (
              <UnstyledButton
                // biome-ignore lint/suspicious/noArrayIndexKey: two problems may read the same
                key={position}
                className={classes.problem}
                onClick={() => show(problem)}
              >
                <Place problem={problem} />
                <Text size="sm">{problem.message}</Text>
                {problem.hint && (
                  <Text size="xs" c="dimmed">
                    {problem.hint}
                  </Text>
                )}
              </UnstyledButton>
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  )
}

function Place({ problem }: { problem: ProblemOut }) {
  const label = useEditor(state => {
    const node = state.nodes.find(each => each.id === problem.node_id)
    return node && isModule(node) ? node.data.label || node.id : problem.node_id
  })
  return (
    <Text size="xs" fw={600}>
      {label ?? problem.edge_id ?? text.wholePipeline}
    </Text>
  )
}
