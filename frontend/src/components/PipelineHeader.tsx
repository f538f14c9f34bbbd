import { Tabs } from '@mantine/core'
import { Activity, Bell, Calendar, History, Webhook, Workflow } from 'lucide-react'
import { useNavigate } from 'react-router'
import { strings } from '@/strings'
import { PageHeader } from './PageHeader'

const ICON = { size: 15, 'aria-hidden': true } as const
const text = strings.settings.tabs

type Props = { pipelineId: string; name: string; here: 'versions' | 'schedule' | 'webhooks' | 'alerts' }

/** A pipeline's name, and the way between the pages about it. */
export function PipelineHeader({ pipelineId, name, here }: Props) {
  const navigate = useNavigate()
  const at = `/pipelines/${pipelineId}`
  const addresses: Record<string, string> = { editor: at, executions: `/executions?pipeline=${pipelineId}` }
  return (
    <>
      <PageHeader title={name} />
      <Tabs
        value={here}
        onChange={to => navigate(addresses[to ?? ''] ?? `${at}/${to}`)}
        activateTabWithKeyboard={false}
        mb="lg"
      >
        <Tabs.List>
          <Tabs.Tab value="editor" leftSection={<Workflow {...ICON} />}>
            {text.editor}
          </Tabs.Tab>
          <Tabs.Tab value="executions" leftSection={<Activity {...ICON} />}>
            {text.executions}
          </Tabs.Tab>
          <Tabs.Tab value="versions" leftSection={<History {...ICON} />}>
            {text.versions}
          </Tabs.Tab>
          <Tabs.Tab value="schedule" leftSection={<Calendar {...ICON} />}>
            {text.schedule}
          </Tabs.Tab>
          <Tabs.Tab value="webhooks" leftSection={<Webhook {...ICON} />}>
            {text.webhooks}
          </Tabs.Tab>
          <Tabs.Tab value="alerts" leftSection={<Bell {...ICON} />}>
            {text.alerts}
          </Tabs.Tab>
        </Tabs.List>
      </Tabs>
    </>
  )
}
