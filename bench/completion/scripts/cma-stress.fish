# fish completion for cma-stress: asks `cma-stress complete`, which knows the command line.
function __cma_stress_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (cma-stress complete fish -- $before[2..-1] "$current" 2>/dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path "$current"
        case directories
            __fish_complete_directories "$current"
    end
    if test (count $answer) -gt 1
        printf '%s\n' $answer[2..-1]
    end
end
complete -c cma-stress -f -a '(__cma_stress_complete)'
