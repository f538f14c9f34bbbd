import { Card, Code, CopyButton, SimpleGrid, Text, Tooltip, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ExecutionOut } from '@/api/generated'
import { count, duration, moment } from '@/components/format'
import { AirflowLink } from '@/live/AirflowLink'
import { rowsLoaded } from '@/live/rows'
import { useSeconds } from '@/live/useSeconds'
import { strings } from '@/strings'

const text = strings.executions

/** How long, how much, who and when. */
export function ExecutionFacts({ execution }: { execution: ExecutionOut }) {
  const by = execution.triggered_by_name
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Fact label={text.duration}>{duration(useSeconds(execution))}</Fact>
        <Fact label={text.rows}>{count(rowsLoaded(execution.nodes))}</Fact>
        <Fact label={text.trigger} note={by ?? undefined}>
          {text.triggers[execution.trigger_type]}
        </Fact>
        <Fact
          label={text.started}
          note={execution.completed_at ? `${text.ended} ${moment(execution.completed_at)}` : ''}
        >
          {moment(execution.started_at)}
        </Fact>
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {text.dagRun}:{' '}
        <CopyButton value={execution.airflow_dag_run_id}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? strings.actions.copied : strings.actions.copy}>
              <UnstyledButton onClick={copy} fz="xs">
                <Code>
                  {execution.airflow_dag_id} / {execution.airflow_dag_run_id}
                </Code>
              </UnstyledButton>
            </Tooltip>
          )}
        </CopyButton>{' '}
        · <AirflowLink execution={execution} />
        {Object.keys(execution.params).length > 0 && (
          <>
            {' '}
            · {text.params}: <Code>{JSON.stringify(execution.params)}</Code>
          </>
        )}
      </Text>
    </>
  )
}

function Fact({ label, note, children }: { label: string; note?: string | undefined; children: ReactNode }) {
  return (
    <Card withBorder p="md">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={600}>{children}</Text>
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Card>
  )
}
