#compdef cma-stress
# zsh completion for cma-stress: asks `cma-stress complete`, which knows the command line.
_cma_stress() {
  local -a lines parts closed closed_texts open open_texts
  local line text
  lines=("${(@f)$(cma-stress complete zsh -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${(@)lines[2,-1]}"; do
    parts=("${(@ps:\t:)line}")
    text=$parts[2]
    [[ -n $parts[3] ]] && text="$parts[2]  -- $parts[3]"
    if [[ $parts[1] == open ]]; then
      open+=("$parts[2]") open_texts+=("$text")
    else
      closed+=("$parts[2]") closed_texts+=("$text")
    fi
  done
  # A text a line; nothing behind what can go on.
  (( $#closed )) && compadd -l -d closed_texts -a closed
  (( $#open )) && compadd -l -S '' -d open_texts -a open
  case $lines[1] in
    files) compset -P '--*='; _files ;;
    directories) compset -P '--*='; _files -/ ;;
  esac
}

# As a file in $fpath this is the body of the function _cma-stress; sourced it defines and registers it.
if [[ $funcstack[1] == _cma-stress ]]; then
  _cma_stress "$@"
else
  compdef _cma_stress cma-stress
fi
