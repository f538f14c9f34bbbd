import { Anchor, Badge, Code, Drawer, Group, List, Stack, Switch, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ModuleOut } from '@/api/generated'
import { changeModuleMutation, listModulesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { ModuleIcon } from '@/components/ModuleIcon'
import { useIsAdmin } from '@/session/useAccount'
import { strings } from '@/strings'
import { OptionTable } from './OptionTable'

const text = strings.modules

/** What a module does, takes and offers; admins switch it on and off. */
export function ModuleDetails({ module, onClose }: { module: ModuleOut; onClose: () => void }) {
  const queryClient = useQueryClient()
  const isAdmin = useIsAdmin()
  const change = useMutation({
    ...changeModuleMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: listModulesQueryKey() }),
  })
  const title = (
    <Group gap="sm">
      <ModuleIcon name={module.icon} />
      {module.display_name}
    </Group>
  )
  return (
    <Drawer opened onClose={onClose} title={title} position="right" size="lg">
      <Stack gap="lg">
        <Text size="sm">{module.description}</Text>
        <Group gap="xs">
          <Code>{module.name}</Code>
          <Badge variant="light" tt="none">
            {text.types[module.type]}
          </Badge>
          <Text size="xs" c="dimmed">
            {text.used(module.usage_count)}
          </Text>
        </Group>
        {isAdmin && (
          <Switch
            label={text.offer}
            description={text.offerHint}
            checked={module.is_active}
            disabled={change.isPending || !module.in_catalog}
            onChange={event =>
              change.mutate({
                path: { module_type: module.type, module_name: module.name },
                body: { is_active: event.currentTarget.checked },
              })
            }
          />
        )}
        <Part title={text.inputs}>
          {module.inputs.length === 0 ? (
            <Text size="sm" c="dimmed">
              {text.noInput}
            </Text>
          ) : (
            <List size="sm">
              {module.inputs.map(({ handle, min, max }) => (
                <List.Item key={handle}>
                  <Code>{handle}</Code> {text.edges(min, max)}
                </List.Item>
              ))}
            </List>
          )}
        </Part>
        {module.required_connections.length > 0 && (
          <Part title={text.connections}>
            <Group gap="xs">
              {module.required_connections.map(each => (
                <Code key={each}>{each}</Code>
              ))}
            </Group>
          </Part>
        )}
        <Part title={text.options}>
          <OptionTable schema={module.config_schema} />
        </Part>
        {module.presets.length > 0 && (
          <Part title={text.presets}>
            <List size="sm">
              {module.presets.map(({ name, title, description }) => (
                <List.Item key={name}>
                  {title}
                  {description && (
                    <Text size="xs" c="dimmed">
                      {description}
                    </Text>
                  )}
                </List.Item>
              ))}
            </List>
          </Part>
        )}
        {module.documentation_url && (
          <Anchor href={module.documentation_url} target="_blank" rel="noreferrer" size="sm">
            {text.docs}
          </Anchor>
        )}
      </Stack>
    </Drawer>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {title}
      </Title>
      {children}
    </Stack>
  )
}
