import { Anchor, SimpleGrid, Stack, Switch } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import type { PipelineOut } from '@/api/generated'
import { updatePipelineMutation } from '@/api/generated/@tanstack/react-query.gen'
import { portable } from '@/api/portable'
import { PipelinePage } from '@/components/PipelinePage'
import { toast } from '@/components/toast'
import { useRefusal } from '@/session/useAccount'
import { strings } from '@/strings'
import { RulesForm } from './components/RulesForm'
import { Sent } from './components/Sent'
import { NOBODY, ruleProblems } from './rules'

const text = strings.alerts

export function Component() {
  return (
    <PipelinePage title={strings.settings.tabs.alerts} here="alerts">
      {pipeline => (
        <SimpleGrid cols={{ base: 1, md: 2 }} style={{ alignItems: 'start' }}>
          <OwnRules key={pipeline.revision} pipeline={pipeline} />
          <Stack>
            <Anchor component={Link} to="/alerts">
              {text.defaultsLink}
            </Anchor>
            <Sent pipelineId={pipeline.id} />
          </Stack>
        </SimpleGrid>
      )}
    </PipelinePage>
  )
}

/** They are part of the pipeline, so that saving them makes a version. */
function OwnRules({ pipeline }: { pipeline: PipelineOut }) {
  const queryClient = useQueryClient()
  const refusal = useRefusal()
  const [usesDefaults, setUsesDefaults] = useState(pipeline.alerts?.use_defaults ?? true)
  const save = useMutation({
    ...updatePipelineMutation(),
    onSuccess: () => {
      toast.success(text.saved)
      return queryClient.invalidateQueries()
    },
  })
  return (
    <RulesForm
      title={text.own}
      saved={pipeline.alerts ?? NOBODY}
      action={text.save}
      isBusy={save.isPending}
      refusal={refusal}
      // They were saved with the pipeline, which is a draft as long as they are wrong.
      problems={ruleProblems(pipeline.problems, '/alerts')}
      isChanged={usesDefaults !== (pipeline.alerts?.use_defaults ?? true)}
      onSave={rules =>
        save.mutate({
          path: { pipeline_id: pipeline.id },
          body: {
            ...portable(pipeline),
            alerts: { ...rules, use_defaults: usesDefaults },
            revision: pipeline.revision,
          },
        })
      }
    >
      <Switch
        label={text.useDefaults}
        checked={usesDefaults}
        onChange={event => setUsesDefaults(event.currentTarget.checked)}
      />
    </RulesForm>
  )
}
