import { Collapse, Stack, Text, UnstyledButton } from '@mantine/core'
import { ChevronRight } from 'lucide-react'
import { strings } from '@/strings'
import { isEqual } from '../model/equality'
import classes from './Form.module.css'
import { PairsField } from './fields/PairsField'
import { useForm } from './form/context'
import { Field } from './form/Field'
import { isWanted, type Option } from './form/options'
import { problemsAt } from './form/paths'

const text = strings.config

type Props = { options: readonly Option[]; isOpen: boolean; onOpen: (isOpen: boolean) => void }

/** The options of a node: those that most need, and folded away those that few do. */
export function Options({ options, isOpen, onOpen }: Props) {
  const { config, problems } = useForm()
  const partners = new Set(options.map(option => option.pair))
  const isShown = (option: Option) =>
    !partners.has(option.name) && (isWanted(option, config) || problemsAt(problems, [option.name], true).length > 0)
  const shown = options.filter(isShown)
  const folded = shown.filter(option => option.isAdvanced)
  const changed = folded.filter(({ name, preset }) => config[name] !== undefined && !isEqual(config[name], preset))
  const isWrong = folded.some(option => problemsAt(problems, [option.name], true).length > 0)
  return (
    <Stack gap="md">
      {shown
        .filter(option => !option.isAdvanced)
        .map(option => (
          <One key={option.name} option={option} options={options} />
        ))}
      {folded.length > 0 && (
        <div>
          <UnstyledButton
            className={classes.fold}
            aria-expanded={isOpen}
            data-wrong={isWrong || undefined}
            onClick={() => onOpen(!isOpen)}
          >
            <ChevronRight size={14} aria-hidden />
            <Text size="sm" component="span">
              {text.advanced(folded.length)}
            </Text>
          </UnstyledButton>
          {!isOpen && changed.length > 0 && (
            <Text size="xs" c="dimmed" ml={22}>
              {text.advancedChanged(changed.map(option => option.title).join(', '))}
            </Text>
          )}
          <Collapse expanded={isOpen}>
            {isOpen && (
              <Stack gap="md" pt="sm">
                {folded.map(option => (
                  <One key={option.name} option={option} options={options} />
                ))}
              </Stack>
            )}
          </Collapse>
        </div>
      )}
    </Stack>
  )
}

function One({ option, options }: { option: Option; options: readonly Option[] }) {
  const { config } = useForm()
  const partner = options.find(each => each.name === option.pair)
  const props = { option, path: [option.name], value: config[option.name] }
  return partner ? (
    <PairsField {...props} partner={partner} others={config[partner.name]} />
  ) : (
    <Field {...props} siblings={config} />
  )
}
