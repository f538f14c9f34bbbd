import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'
import type { ExecutionSummary } from '@/api/generated'
import { getInstallationOptions } from '@/api/generated/@tanstack/react-query.gen'
import { strings } from '@/strings'

type Props = { execution: Pick<ExecutionSummary, 'airflow_dag_id' | 'airflow_dag_run_id' | 'triggered_at'> }

/** The run in Airflow's own pages, once it is one there. */
export function AirflowLink({ execution: { airflow_dag_id, airflow_dag_run_id, triggered_at } }: Props) {
  const { data } = useQuery({ ...getInstallationOptions(), staleTime: Number.POSITIVE_INFINITY })
  if (!data || triggered_at === null) return null
  const path = `dags/${encodeURIComponent(airflow_dag_id)}/runs/${encodeURIComponent(airflow_dag_run_id)}`
  return (
    <Anchor href={`${data.airflow_url}/${path}`} target="_blank" rel="noreferrer" size="xs">
      {strings.executions.inAirflow} <ExternalLink size={11} aria-hidden />
    </Anchor>
  )
}
