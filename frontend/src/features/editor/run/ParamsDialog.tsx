import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { Play } from 'lucide-react'
import { useState } from 'react'
import { strings } from '@/strings'
import { ParamField } from './ParamField'
import { differing } from './params'

const text = strings.editor.run

type Props = {
  defaults: Readonly<Record<string, unknown>>
  action: string
  onRun: (params: Record<string, unknown>) => void
  onClose: () => void
}

/** What a run is started with, beginning with the pipeline's own parameters. */
export function ParamsDialog({ defaults, action, onRun, onClose }: Props) {
  const [params, setParams] = useState<Record<string, unknown>>(() => ({ ...defaults }))
  return (
    <Modal opened onClose={onClose} title={text.paramsTitle}>
      <form
        onSubmit={event => {
          event.preventDefault()
          onRun(differing(params, defaults))
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {text.paramsHint}
          </Text>
          {Object.entries(defaults).map(([name, like]) => (
            <ParamField
              key={name}
              name={name}
              like={like}
              value={params[name]}
              onChange={value => setParams({ ...params, [name]: value })}
            />
          ))}
          <Group justify="flex-end" mt="sm">
            <Button variant="default" onClick={onClose}>
              {strings.actions.cancel}
            </Button>
            <Button type="submit" leftSection={<Play size={16} aria-hidden />} data-autofocus>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
