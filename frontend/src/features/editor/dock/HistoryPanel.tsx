import { Box, Skeleton, Table, Text, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { listExecutionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { DurationChart } from '@/components/DurationChart'
import { duration } from '@/components/format'
import { Moment } from '@/components/Moment'
import { RunStatus } from '@/components/RunStatus'
import { strings } from '@/strings'
import { useActions } from '../EditorActions'
import classes from './Dock.module.css'

const [LIMIT, REFRESH] = [40, 5_000]
const text = strings.executions

/** Earlier runs of the pipeline and how long they took; one that is chosen is shown on the canvas. */
export function HistoryPanel({ pipelineId }: { pipelineId: string }) {
  const { show } = useActions()
  const chosen = useSearchParams()[0].get('run')
  const runs = useQuery({
    ...listExecutionsOptions({ query: { pipeline_id: pipelineId, limit: LIMIT } }),
    refetchInterval: REFRESH,
  })
  if (runs.isPending) return <Skeleton h="100%" radius={0} />
  if (!runs.data)
    return (
      <Text className={classes.empty} c="red">
        {messageOf(runs.error)}
      </Text>
    )
  const { items } = runs.data
  if (items.length === 0)
    return (
      <Text className={classes.empty} c="dimmed" size="sm">
        {strings.editor.run.never}
      </Text>
    )
  return (
    <>
      <Box className={classes.head}>
        <DurationChart runs={items} chosen={chosen} onChoose={show} height={84} />
      </Box>
      <Table verticalSpacing={4} horizontalSpacing="md" highlightOnHover fz="xs">
        <Table.Tbody>
          {items.map(run => (
            <Table.Tr key={run.id} bg={run.id === chosen ? 'var(--mantine-primary-color-light)' : undefined}>
              <Table.Td w={130}>
                <RunStatus status={run.status} size="sm" />
              </Table.Td>
              <Table.Td>
                <UnstyledButton fz="xs" fw={600} onClick={() => show(run.id)}>
                  <Moment at={run.created_at} />
                </UnstyledButton>
                {run.error_message && (
                  <Text size="xs" c="red" lineClamp={1} title={run.error_message}>
                    {run.error_message}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                {[
                  text.triggers[run.trigger_type],
                  run.triggered_by_name,
                  run.until_node && strings.editor.run.until(run.until_node),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </Table.Td>
              <Table.Td>{run.pipeline_version !== null && text.versionOf(run.pipeline_version)}</Table.Td>
              <Table.Td ta="right" ff="monospace">
                {duration(run.duration_seconds)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}
